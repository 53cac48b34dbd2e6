package config

import (
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

// load reads the settings in an empty folder that holds this file; none when it is empty.
func load(t *testing.T, file string, args ...string) (Config, error) {
	t.Helper()
	t.Chdir(t.TempDir())
	if file != "" {
		if err := os.WriteFile(File, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	flags := pflag.NewFlagSet("test", pflag.ContinueOnError)
	Flags(flags)
	if err := flags.Parse(args); err != nil {
		t.Fatal(err)
	}
	return Load(flags)
}

func TestEachLayerWinsOverTheOneBelow(t *testing.T) {
	const file = "dockerfile: of-file\n"
	cases := []struct {
		name, file, variable string
		args                 []string
		want                 string
	}{
		{"default", "", "", nil, "Dockerfile"},
		{"file", file, "", nil, "of-file"},
		{"environment", file, "of-environment", nil, "of-environment"},
		{"flag", file, "of-environment", []string{"-f", "of-flag"}, "of-flag"},
		{"flag that says the default", file, "of-environment", []string{"-f", "Dockerfile"}, "Dockerfile"},
	}
	for _, each := range cases {
		t.Run(each.name, func(t *testing.T) {
			t.Setenv("DOCKER_BUILDER_DOCKERFILE", each.variable)
			config, err := load(t, each.file, each.args...)
			if err != nil || config.Dockerfile != each.want {
				t.Errorf("got %q, %v, want %q", config.Dockerfile, err, each.want)
			}
		})
	}
}

func TestListsComeFromEveryLayer(t *testing.T) {
	want := []string{"shop:1", "shop:2"}
	fromFile, err := load(t, "tag: [shop:1, shop:2]\n")
	if err != nil || !slices.Equal(fromFile.Tags, want) {
		t.Errorf("file: %q, %v", fromFile.Tags, err)
	}
	t.Setenv("DOCKER_BUILDER_TAG", "shop:1,shop:2")
	fromEnvironment, err := load(t, "")
	if err != nil || !slices.Equal(fromEnvironment.Tags, want) {
		t.Errorf("environment: %q, %v", fromEnvironment.Tags, err)
	}
	fromFlag, err := load(t, "", "-t", "shop:3")
	if err != nil || !slices.Equal(fromFlag.Tags, []string{"shop:3"}) {
		t.Errorf("flag: %q, %v", fromFlag.Tags, err)
	}
}

func TestDashesBecomeUnderscoresInVariables(t *testing.T) {
	t.Setenv("DOCKER_BUILDER_LOG_LEVEL", "debug")
	config, err := load(t, "")
	if err != nil || config.LogLevel != "debug" {
		t.Errorf("got %q, %v", config.LogLevel, err)
	}
	if level, err := config.Level(); err != nil || level != slog.LevelDebug {
		t.Errorf("got %v, %v", level, err)
	}
}

func TestWrongSettingsAreNamed(t *testing.T) {
	cases := map[string]struct {
		file string
		args []string
		want string
	}{
		"a name that is none of ours": {"dockerfle: a\n", nil, "dockerfle"},
		"no YAML":                     {"dockerfile: [a\n", nil, File},
		"a file cannot name a file":   {"config: other.yaml\n", nil, "config"},
		"a level that is none":        {"", []string{"--log-level", "loud"}, `"loud"`},
		"a format that is none":       {"log-format: xml\n", nil, `"xml"`},
		"a file that is not there":    {"", []string{"--config", "missing.yaml"}, "missing.yaml"},
	}
	for name, each := range cases {
		t.Run(name, func(t *testing.T) {
			if _, err := load(t, each.file, each.args...); err == nil || !strings.Contains(err.Error(), each.want) {
				t.Errorf("got %v, want something with %s", err, each.want)
			}
		})
	}
}

func TestAFileOfAnotherNameIsReadWhenItIsNamed(t *testing.T) {
	other := filepath.Join(t.TempDir(), "release.yaml")
	if err := os.WriteFile(other, []byte("platform: linux/arm64\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DOCKER_BUILDER_CONFIG", other)
	if config, err := load(t, "platform: linux/amd64\n"); err != nil || config.Platform != "linux/arm64" {
		t.Errorf("got %q, %v", config.Platform, err)
	}
}
