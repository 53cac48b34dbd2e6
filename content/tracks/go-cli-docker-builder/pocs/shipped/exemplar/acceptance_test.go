// What docker-builder must do, seen from outside: the program is built, and called as a pipeline calls it.
//
// This file is handed out and stays as it is: evidence counts only while it is unchanged. Nothing here knows how the
// program is made inside, and no Docker is needed: a stand-in writes down how it was called.
package main_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// The stand-in for docker is this test program itself, under the name docker and with this variable set.
const standInLog = "ACCEPTANCE_STAND_IN_LOG"

func init() {
	log := os.Getenv(standInLog)
	if log == "" || !strings.HasPrefix(filepath.Base(os.Args[0]), "docker") {
		return
	}
	file, err := os.OpenFile(log, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err == nil {
		err = errors.Join(json.NewEncoder(file).Encode(os.Args[1:]), file.Close())
	}
	if err != nil {
		os.Exit(99)
	}
	if os.Getenv("ACCEPTANCE_STAND_IN_FAILS") != "" {
		os.Stderr.WriteString("the stand-in was told to fail\n")
		os.Exit(3)
	}
	os.Exit(0)
}

// build makes the program, and gives its path.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "docker-builder"+ending())
	if output, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("the program cannot be built: %v\n%s", err, output)
	}
	return path
}

func ending() string {
	if runtime.GOOS == "windows" {
		return ".exe"
	}
	return ""
}

type outcome struct {
	code           int
	stdout, stderr string
	calls          [][]string // arguments of docker, one list for each time that it was called
}

// call runs docker-builder in an empty folder, with nothing but the stand-in on the PATH.
func call(t *testing.T, program string, more []string, args ...string) outcome {
	t.Helper()
	folder := t.TempDir()
	bin := filepath.Join(folder, "bin")
	if err := os.Mkdir(bin, 0o700); err != nil {
		t.Fatal(err)
	}
	standIn(t, filepath.Join(bin, "docker"+ending()))
	log := filepath.Join(folder, "calls")
	var stdout, stderr bytes.Buffer
	command := exec.Command(program, args...)
	command.Dir = t.TempDir()
	command.Env = append([]string{"PATH=" + bin, "HOME=" + folder, standInLog + "=" + log}, more...)
	command.Stdout, command.Stderr = &stdout, &stderr
	err := command.Run()
	var failed *exec.ExitError
	if err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	return outcome{command.ProcessState.ExitCode(), stdout.String(), stderr.String(), calls(t, log)}
}

// standIn puts this test program at that path.
func standIn(t *testing.T, path string) {
	t.Helper()
	self, err := os.Executable()
	if err == nil && os.Symlink(self, path) == nil {
		return
	}
	content, err := os.ReadFile(self) // where there are no links
	if err == nil {
		err = os.WriteFile(path, content, 0o700)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func calls(t *testing.T, log string) [][]string {
	t.Helper()
	content, err := os.ReadFile(log)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		t.Fatal(err)
	}
	var found [][]string
	for _, line := range strings.Split(strings.TrimSpace(string(content)), "\n") {
		var args []string
		if err := json.Unmarshal([]byte(line), &args); err != nil {
			t.Fatal(err)
		}
		found = append(found, args)
	}
	return found
}

// values are those of a flag, in the order in which they were given.
func values(args []string, names ...string) []string {
	var found []string
	for place, each := range args {
		name, value, joined := strings.Cut(each, "=")
		switch {
		case !slices.Contains(names, name):
		case joined:
			found = append(found, value)
		case place+1 < len(args):
			found = append(found, args[place+1])
		}
	}
	return found
}

func TestAcceptance(t *testing.T) {
	program := build(t)
	for _, each := range []struct {
		name  string
		holds func(*testing.T, string)
	}{
		{"help names the flags", helpNamesTheFlags},
		{"build calls docker once", buildCallsDockerOnce},
		{"without flags the defaults hold", withoutFlagsTheDefaultsHold},
		{"a failed build fails the tool", aFailedBuildFailsTheTool},
		{"without a tag nothing is run", withoutATagNothingIsRun},
		{"a dry run only prints", aDryRunOnlyPrints},
		{"mistakes are refused", mistakesAreRefused},
		{"a missing docker is named", aMissingDockerIsNamed},
		{"version is one line", versionIsOneLine},
	} {
		t.Run(each.name, func(t *testing.T) { each.holds(t, program) })
	}
}

func helpNamesTheFlags(t *testing.T, program string) {
	got := call(t, program, nil, "build", "--help")
	if got.code != 0 {
		t.Errorf("exit code %d: %s", got.code, got.stderr)
	}
	for _, want := range []string{"-f, --dockerfile", "-t, --tag", "--dry-run"} {
		if !strings.Contains(got.stdout, want) {
			t.Errorf("the help does not name %s on standard output:\n%s", want, got.stdout)
		}
	}
}

func buildCallsDockerOnce(t *testing.T, program string) {
	got := call(t, program, nil, "build", "-f", "deploy/Dockerfile", "-t", "shop:1.4.0", "--tag", "shop:latest", "web")
	if got.code != 0 || len(got.calls) != 1 {
		t.Fatalf("exit code %d, docker called %d times: %s", got.code, len(got.calls), got.stderr)
	}
	args := got.calls[0]
	if args[0] != "build" || args[len(args)-1] != "web" {
		t.Errorf("docker should be called with build first and the context last: %q", args)
	}
	if files := values(args, "-f", "--file"); !slices.Equal(files, []string{"deploy/Dockerfile"}) {
		t.Errorf("Dockerfile %q: %q", files, args)
	}
	if tags := values(args, "-t", "--tag"); !slices.Equal(tags, []string{"shop:1.4.0", "shop:latest"}) {
		t.Errorf("tags %q: %q", tags, args)
	}
}

func withoutFlagsTheDefaultsHold(t *testing.T, program string) {
	got := call(t, program, nil, "build", "--tag", "shop:1.4.0")
	if got.code != 0 || len(got.calls) != 1 {
		t.Fatalf("exit code %d, docker called %d times: %s", got.code, len(got.calls), got.stderr)
	}
	args := got.calls[0]
	if files := values(args, "-f", "--file"); !slices.Equal(files, []string{"Dockerfile"}) || args[len(args)-1] != "." {
		t.Errorf("it should build Dockerfile in the folder where it is called: %q", args)
	}
}

func aFailedBuildFailsTheTool(t *testing.T, program string) {
	got := call(t, program, []string{"ACCEPTANCE_STAND_IN_FAILS=1"}, "build", "--tag", "shop:1.4.0")
	if got.code == 0 {
		t.Error("docker failed, and the exit code is 0: the pipeline would go on")
	}
	if !strings.Contains(got.stderr, "shop:1.4.0") {
		t.Errorf("standard error does not say which image failed: %q", got.stderr)
	}
	if strings.Contains(got.stdout+got.stderr, "Usage:") {
		t.Error("the usage is printed, though the call was right; it hides what went wrong")
	}
}

func withoutATagNothingIsRun(t *testing.T, program string) {
	got := call(t, program, nil, "build")
	if got.code == 0 || len(got.calls) != 0 {
		t.Errorf("exit code %d, docker called %d times", got.code, len(got.calls))
	}
	if !strings.Contains(got.stderr, "tag") {
		t.Errorf("standard error does not say that --tag is missing: %q", got.stderr)
	}
}

func aDryRunOnlyPrints(t *testing.T, program string) {
	got := call(t, program, nil, "build", "--tag", "shop:1.4.0", "--dry-run")
	if got.code != 0 || len(got.calls) != 0 {
		t.Errorf("exit code %d, docker called %d times: %s", got.code, len(got.calls), got.stderr)
	}
	if !strings.HasPrefix(got.stdout, "docker build ") || !strings.Contains(got.stdout, "shop:1.4.0") {
		t.Errorf("standard output is not what would be run: %q", got.stdout)
	}
}

func mistakesAreRefused(t *testing.T, program string) {
	for _, args := range [][]string{
		{"biuld", "--tag", "shop:1.4.0"},
		{"build", "--tga", "shop:1.4.0"},
		{"build", "--tag", "shop:1.4.0", "one", "two"},
	} {
		got := call(t, program, nil, args...)
		if got.code == 0 || len(got.calls) != 0 || got.stderr == "" {
			t.Errorf("%q: exit code %d, docker called %d times, standard error %q", args, got.code, len(got.calls), got.stderr)
		}
	}
}

func aMissingDockerIsNamed(t *testing.T, program string) {
	got := call(t, program, []string{"PATH=" + t.TempDir()}, "build", "--tag", "shop:1.4.0")
	if got.code == 0 || !strings.Contains(got.stderr, "docker") {
		t.Errorf("exit code %d, standard error %q", got.code, got.stderr)
	}
}

func versionIsOneLine(t *testing.T, program string) {
	got := call(t, program, nil, "version")
	line, rest, _ := strings.Cut(got.stdout, "\n")
	if got.code != 0 || strings.TrimSpace(line) == "" || rest != "" {
		t.Errorf("exit code %d, standard output %q", got.code, got.stdout)
	}
}
