package docker

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestArgsSayEverythingInOrder(t *testing.T) {
	build := Build{
		Dockerfile: "deploy/Dockerfile",
		Tags:       []string{"shop:1", "shop:latest"},
		Arguments:  []string{"GREETING=a, b"},
		Platform:   "linux/arm64",
		Context:    "web",
	}
	want := []string{
		"build", "--file", "deploy/Dockerfile", "--tag", "shop:1", "--tag", "shop:latest",
		"--build-arg", "GREETING=a, b", "--platform", "linux/arm64", "web",
	}
	if got := build.Args(); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestWhatIsNotAskedForIsNotSaid(t *testing.T) {
	build := Build{Dockerfile: "Dockerfile", Tags: []string{"shop:1"}, Context: "."}
	want := []string{"build", "--file", "Dockerfile", "--tag", "shop:1", "."}
	if got := build.Args(); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestCheck(t *testing.T) {
	cases := map[string]struct {
		build Build
		want  string // part of the message; empty: nothing is wrong
	}{
		"a name":                     {Build{Tags: []string{"shop:1"}, Context: "."}, ""},
		"no name":                    {Build{Context: "."}, "--tag"},
		"an empty name":              {Build{Tags: []string{" "}, Context: "."}, "no name of an image"},
		"a flag in place of a name":  {Build{Tags: []string{"--push"}, Context: "."}, "no name of an image"},
		"a flag in place of context": {Build{Tags: []string{"shop:1"}, Context: "--push"}, "taken for a flag"},
	}
	for name, each := range cases {
		t.Run(name, func(t *testing.T) {
			err := each.build.Check()
			if each.want == "" {
				if err != nil {
					t.Errorf("it is refused: %v", err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), each.want) {
				t.Errorf("got %v, want something with %q", err, each.want)
			}
		})
	}
}

func TestAProgramThatIsMissingIsNamed(t *testing.T) {
	err := Command{}.Run(context.Background(), "no-such-program-here")
	if err == nil || !strings.Contains(err.Error(), "no-such-program-here is not installed") {
		t.Errorf("got %v", err)
	}
}

func TestCommandHandsOutputOn(t *testing.T) {
	var out bytes.Buffer
	if err := (Command{Stdout: &out}).Run(context.Background(), "go", "env", "GOOS"); err != nil {
		t.Fatal(err)
	}
	if out.Len() == 0 {
		t.Error("nothing was handed on")
	}
}

type failing struct{ cause error }

func (f failing) Run(context.Context, string, ...string) error { return f.cause }

func TestAFailedBuildNamesTheImageAndKeepsItsCause(t *testing.T) {
	cause := errors.New("exit status 1")
	err := Build{Tags: []string{"shop:1", "shop:2"}}.Run(context.Background(), failing{cause})
	var failed *FailedError
	if !errors.As(err, &failed) || !errors.Is(err, cause) {
		t.Fatalf("got %v", err)
	}
	if want := "building shop:1, shop:2: exit status 1"; err.Error() != want {
		t.Errorf("got %q, want %q", err, want)
	}
}
