// Which setting wins, seen from outside: a flag over the environment, the environment over the file, the file over the
// default.
//
// This file is handed out and stays as it is: evidence counts only while it is unchanged. Nothing here knows how the
// program is made inside, and no Docker is needed: a stand-in writes down how it was called.
//
//	flag         --dockerfile, --tag, --config
//	environment  DOCKER_BUILDER_ and the name of the flag in capitals, _ for -; lists with commas
//	file         docker-builder.yaml where the program is called, or what --config names; keys are names of flags
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
const precedenceLog = "PRECEDENCE_STAND_IN_LOG"

func init() {
	log := os.Getenv(precedenceLog)
	if log == "" || !strings.HasPrefix(filepath.Base(os.Args[0]), "docker") {
		return
	}
	content, err := json.Marshal(os.Args[1:])
	if err == nil {
		err = os.WriteFile(log, content, 0o600)
	}
	if err != nil {
		os.Exit(99)
	}
	os.Exit(0)
}

// setting is what each layer says; an empty one says nothing.
type setting struct {
	file        string
	environment []string // NAME=VALUE
	flags       []string
	others      map[string]string // further files
}

type settled struct {
	code           int
	dockerfile     []string
	tags           []string
	called         bool
	stdout, stderr string
}

func settle(t *testing.T, program string, given setting) settled {
	t.Helper()
	folder, here := t.TempDir(), t.TempDir()
	log, bin := filepath.Join(folder, "call"), filepath.Join(folder, "bin")
	err := os.Mkdir(bin, 0o700)
	if given.file != "" {
		err = errors.Join(err, os.WriteFile(filepath.Join(here, "docker-builder.yaml"), []byte(given.file), 0o600))
	}
	for name, content := range given.others {
		err = errors.Join(err, os.WriteFile(filepath.Join(here, name), []byte(content), 0o600))
	}
	if err != nil {
		t.Fatal(err)
	}
	putDocker(t, bin)
	var stdout, stderr bytes.Buffer
	command := exec.Command(program, append([]string{"build"}, given.flags...)...)
	command.Dir = here
	command.Env = append([]string{"PATH=" + bin, "HOME=" + folder, precedenceLog + "=" + log}, given.environment...)
	command.Stdout, command.Stderr = &stdout, &stderr
	var failed *exec.ExitError
	if err := command.Run(); err != nil && !errors.As(err, &failed) {
		t.Fatal(err)
	}
	found := settled{code: command.ProcessState.ExitCode(), stdout: stdout.String(), stderr: stderr.String()}
	content, err := os.ReadFile(log)
	if errors.Is(err, os.ErrNotExist) {
		return found
	}
	var args []string
	if err = errors.Join(err, json.Unmarshal(content, &args)); err != nil {
		t.Fatal(err)
	}
	found.called = true
	for place, each := range args {
		name, value, joined := strings.Cut(each, "=")
		if !joined && place+1 < len(args) {
			value = args[place+1]
		}
		switch name {
		case "-f", "--file":
			found.dockerfile = append(found.dockerfile, value)
		case "-t", "--tag":
			found.tags = append(found.tags, value)
		}
	}
	return found
}

// putDocker puts this test program into the folder under the name of docker.
func putDocker(t *testing.T, bin string) {
	t.Helper()
	path := filepath.Join(bin, "docker")
	if runtime.GOOS == "windows" {
		path += ".exe"
	}
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

func TestPrecedence(t *testing.T) {
	program := filepath.Join(t.TempDir(), "docker-builder.exe")
	if output, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("the program cannot be built: %v\n%s", err, output)
	}
	const (
		file        = "dockerfile: of-file\ntag: [file:1, file:2]\n"
		environment = "DOCKER_BUILDER_DOCKERFILE=of-environment"
	)
	tag := []string{"--tag", "shop:1"}
	wins := []struct {
		name  string
		given setting
		want  string
	}{
		{"default", setting{flags: tag}, "Dockerfile"},
		{"file over default", setting{file: file}, "of-file"},
		{"environment over file", setting{file: file, environment: []string{environment}}, "of-environment"},
		{"flag over environment", setting{file: file, environment: []string{environment},
			flags: []string{"-f", "of-flag"}}, "of-flag"},
		{"flag over file", setting{file: file, flags: []string{"--dockerfile=of-flag"}}, "of-flag"},
		{"a flag that says the default is a flag all the same", setting{file: file, environment: []string{environment},
			flags: []string{"--dockerfile", "Dockerfile"}}, "Dockerfile"},
		{"an empty variable says nothing", setting{file: file, environment: []string{"DOCKER_BUILDER_DOCKERFILE="}},
			"of-file"},
		{"the file that is named, and no other", setting{file: file, flags: append([]string{"--config", "b.yaml"}, tag...),
			others: map[string]string{"b.yaml": "dockerfile: of-b\n"}}, "of-b"},
	}
	for _, each := range wins {
		t.Run(each.name, func(t *testing.T) {
			got := settle(t, program, each.given)
			if got.code != 0 || !slices.Equal(got.dockerfile, []string{each.want}) {
				t.Errorf("docker was given %q, want %q; exit code %d: %s", got.dockerfile, each.want, got.code, got.stderr)
			}
			if got.stdout != "" {
				t.Errorf("standard output is for results, and holds %q", got.stdout)
			}
		})
	}
	lists := []struct {
		name  string
		given setting
		want  []string
	}{
		{"a list of the file", setting{file: file}, []string{"file:1", "file:2"}},
		{"a list of the environment", setting{environment: []string{"DOCKER_BUILDER_TAG=env:1,env:2"}},
			[]string{"env:1", "env:2"}},
		{"a list of flags replaces the others", setting{file: file, environment: []string{"DOCKER_BUILDER_TAG=env:1"},
			flags: []string{"-t", "flag:1", "-t", "flag:2"}}, []string{"flag:1", "flag:2"}},
	}
	for _, each := range lists {
		t.Run(each.name, func(t *testing.T) {
			got := settle(t, program, each.given)
			if got.code != 0 || !slices.Equal(got.tags, each.want) {
				t.Errorf("docker was given %q, want %q; exit code %d: %s", got.tags, each.want, got.code, got.stderr)
			}
		})
	}
	refused := []struct {
		name  string
		given setting
		names string // standard error says it
	}{
		{"a named file that is not there", setting{flags: append([]string{"--config", "none.yaml"}, tag...)}, "none.yaml"},
		{"a file that is no YAML", setting{file: "dockerfile: [of-file\n", flags: tag}, "docker-builder.yaml"},
		{"a key with a typing error", setting{file: "dockerfle: of-file\n", flags: tag}, "dockerfle"},
	}
	for _, each := range refused {
		t.Run(each.name, func(t *testing.T) {
			got := settle(t, program, each.given)
			if got.code == 0 || got.called {
				t.Errorf("it went on: exit code %d, docker called: %t", got.code, got.called)
			}
			if !strings.Contains(got.stderr, each.names) {
				t.Errorf("standard error does not name %s: %q", each.names, got.stderr)
			}
		})
	}
}
