package cli

import (
	"bytes"
	"context"
	"encoding/json"
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

type outcome struct {
	code           int
	stdout, stderr string
}

// call runs one command line against the recorder, in an empty folder.
func call(t *testing.T, docker *recorder, args ...string) outcome {
	t.Helper()
	t.Chdir(t.TempDir())
	var stdout, stderr bytes.Buffer
	code := run(context.Background(), docker, args, &stdout, &stderr, "v1.2.3")
	return outcome{code, stdout.String(), stderr.String()}
}

func TestBuildAsksDocker(t *testing.T) {
	docker := &recorder{}
	got := call(t, docker, "build", "-f", "deploy/Dockerfile", "-t", "shop:1", "-t", "shop:latest", "web")
	if got.code != fine || got.stdout != "" {
		t.Fatalf("got %+v", got)
	}
	want := []string{"docker", "build", "--file", "deploy/Dockerfile", "--tag", "shop:1", "--tag", "shop:latest", "web"}
	if len(docker.calls) != 1 || !slices.Equal(docker.calls[0], want) {
		t.Errorf("got  %q\nwant %q", docker.calls, want)
	}
}

func TestAFailedBuildEndsWithOne(t *testing.T) {
	got := call(t, &recorder{err: errors.New("exit status 7")}, "build", "-t", "shop:1")
	if got.code != failed || !strings.Contains(got.stderr, "docker-builder: building shop:1: exit status 7\n") {
		t.Errorf("got %+v", got)
	}
}

func TestWhatIsWrongEndsWithTwoAndRunsNothing(t *testing.T) {
	cases := map[string]struct {
		args []string
		want string // on standard error
	}{
		"no such command":  {[]string{"biuld"}, "biuld"},
		"no such flag":     {[]string{"build", "--tga", "shop:1"}, "--tga"},
		"two contexts":     {[]string{"build", "-t", "shop:1", "a", "b"}, "accepts at most 1"},
		"no tag":           {[]string{"build"}, "--tag"},
		"no such file":     {[]string{"build", "-t", "shop:1", "--config", "none.yaml"}, "none.yaml"},
		"a level of noise": {[]string{"build", "-t", "shop:1", "--log-level", "loud"}, "loud"},
	}
	for name, each := range cases {
		t.Run(name, func(t *testing.T) {
			docker := &recorder{}
			got := call(t, docker, each.args...)
			if got.code != wrong || !strings.Contains(got.stderr, each.want) || len(docker.calls) != 0 {
				t.Errorf("got %+v, docker %q", got, docker.calls)
			}
		})
	}
}

func TestADryRunCanBePastedIntoAShell(t *testing.T) {
	docker := &recorder{}
	got := call(t, docker, "build", "-t", "shop:1", "--build-arg", "GREETING=it's, me", "--dry-run")
	want := `docker build --file Dockerfile --tag shop:1 --build-arg 'GREETING=it'\''s, me' .` + "\n"
	if got.stdout != want || len(docker.calls) != 0 {
		t.Errorf("got  %q\nwant %q\ndocker %q", got.stdout, want, docker.calls)
	}
}

func TestLogsAreRecordsOnStandardError(t *testing.T) {
	got := call(t, &recorder{}, "build", "-t", "shop:1", "--log-format", "json")
	var record struct {
		Msg     string
		Tags    []string
		Seconds *float64
	}
	lines := strings.Split(strings.TrimSpace(got.stderr), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &record); err != nil {
		t.Fatalf("%v: %q", err, got.stderr)
	}
	if record.Msg != "build done" || !slices.Equal(record.Tags, []string{"shop:1"}) || record.Seconds == nil {
		t.Errorf("got %+v", record)
	}
	if got.stdout != "" {
		t.Errorf("standard output holds %q, and it is for results", got.stdout)
	}
}

func TestValuesOfArgumentsAreNotLogged(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		got := call(t, &recorder{err: errors.New("no")},
			"build", "-t", "shop:1", "--build-arg", "TOKEN=hunter2", "--log-level", "debug", "--log-format", format)
		if !strings.Contains(got.stderr, "TOKEN") || strings.Contains(got.stderr, "hunter2") {
			t.Errorf("%s: %s", format, got.stderr)
		}
	}
}

func TestALevelLeavesOutWhatIsBelow(t *testing.T) {
	if got := call(t, &recorder{}, "build", "-t", "shop:1", "--log-level", "warn"); got.stderr != "" {
		t.Errorf("got %q", got.stderr)
	}
}

func TestVersion(t *testing.T) {
	if got := call(t, &recorder{}, "version"); got.code != fine || got.stdout != "v1.2.3\n" {
		t.Errorf("got %+v", got)
	}
}

func TestMainHandsTheCodeOn(t *testing.T) {
	var stdout, stderr bytes.Buffer
	if code := Main([]string{"build"}, &stdout, &stderr, "v1"); code != wrong {
		t.Errorf("got %d, %q", code, stderr.String())
	}
}
