package cli

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
)

// recorder stands in for docker: it keeps what it is asked to run, and fails when told to.
type recorder struct {
	calls [][]string
	err   error
}

func (r *recorder) Run(_ context.Context, name string, args ...string) error {
	r.calls = append(r.calls, append([]string{name}, args...))
	return r.err
}

// call runs one command line against the recorder, and gives what it prints.
func call(t *testing.T, docker *recorder, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	root := New(docker, "v1.2.3")
	root.SetArgs(args)
	root.SetOut(&out)
	root.SetErr(&out)
	err := root.ExecuteContext(context.Background())
	return out.String(), err
}

func TestBuildAsksDocker(t *testing.T) {
	docker := &recorder{}
	if _, err := call(t, docker, "build", "-f", "deploy/Dockerfile", "-t", "shop:1", "-t", "shop:latest", "web"); err != nil {
		t.Fatal(err)
	}
	want := []string{"docker", "build", "--file", "deploy/Dockerfile", "--tag", "shop:1", "--tag", "shop:latest", "web"}
	if len(docker.calls) != 1 || !slices.Equal(docker.calls[0], want) {
		t.Errorf("got  %q\nwant %q", docker.calls, want)
	}
}

func TestNothingIsRunWithoutAName(t *testing.T) {
	docker := &recorder{}
	_, err := call(t, docker, "build")
	if err == nil || !strings.Contains(err.Error(), "--tag") {
		t.Errorf("got %v, want a sentence that names --tag", err)
	}
	if len(docker.calls) != 0 {
		t.Errorf("docker was asked all the same: %q", docker.calls)
	}
}

func TestAFailedBuildNamesTheImageAndKeepsItsCause(t *testing.T) {
	cause := errors.New("exit status 1")
	out, err := call(t, &recorder{err: cause}, "build", "-t", "shop:1")
	if !errors.Is(err, cause) || !strings.Contains(err.Error(), "shop:1") {
		t.Errorf("got %v", err)
	}
	if strings.Contains(out, "Usage:") {
		t.Error("the usage hides what went wrong")
	}
}

func TestADryRunCanBePastedIntoAShell(t *testing.T) {
	docker := &recorder{}
	out, err := call(t, docker, "build", "-t", "shop:1", "--build-arg", "GREETING=it's, me", "--dry-run")
	if err != nil {
		t.Fatal(err)
	}
	if want := `docker build --file Dockerfile --tag shop:1 --build-arg 'GREETING=it'\''s, me' .` + "\n"; out != want {
		t.Errorf("got  %q\nwant %q", out, want)
	}
	if len(docker.calls) != 0 {
		t.Errorf("docker was asked all the same: %q", docker.calls)
	}
}

func TestTheEnvironmentFillsWhatNoFlagSays(t *testing.T) {
	t.Setenv("DOCKER_BUILDER_DOCKERFILE", "from-environment")
	out, err := call(t, &recorder{}, "build", "-t", "shop:1", "--dry-run")
	if err != nil || !strings.Contains(out, "--file from-environment ") {
		t.Errorf("got %q, %v", out, err)
	}
	out, err = call(t, &recorder{}, "build", "-t", "shop:1", "-f", "from-flag", "--dry-run")
	if err != nil || !strings.Contains(out, "--file from-flag ") {
		t.Errorf("got %q, %v", out, err)
	}
}

func TestVersion(t *testing.T) {
	if out, err := call(t, &recorder{}, "version"); err != nil || out != "v1.2.3\n" {
		t.Errorf("got %q, %v", out, err)
	}
}

func TestMainGivesTheExitCode(t *testing.T) {
	var out, problems bytes.Buffer
	if code := Main([]string{"version"}, &out, &problems, "v1"); code != 0 || problems.Len() != 0 {
		t.Errorf("version: %d, %q", code, problems.String())
	}
	if code := Main([]string{"biuld"}, &out, &problems, "v1"); code == 0 || !strings.Contains(problems.String(), "biuld") {
		t.Errorf("a command that is not there: %d, %q", code, problems.String())
	}
}
