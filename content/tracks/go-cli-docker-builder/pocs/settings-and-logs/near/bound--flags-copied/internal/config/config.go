// Package config finds out what is asked for: a flag wins over the environment, the environment over the file, the file
// over the default.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"

	"github.com/spf13/pflag"
	"github.com/spf13/viper"
)

// File is read where the tool is called, when no other is named.
const File = "docker-builder.yaml"

const prefix = "DOCKER_BUILDER"

// Config is everything that can be set, by the names of the flags.
type Config struct {
	Dockerfile string   `mapstructure:"dockerfile"`
	Tags       []string `mapstructure:"tag"`
	Arguments  []string `mapstructure:"build-arg"`
	Platform   string   `mapstructure:"platform"`
	DryRun     bool     `mapstructure:"dry-run"`
	LogLevel   string   `mapstructure:"log-level"`
	LogFormat  string   `mapstructure:"log-format"`
}

// Flags adds those that build takes.
func Flags(flags *pflag.FlagSet) {
	flags.StringP("dockerfile", "f", "Dockerfile", "file that says how the image is built")
	flags.StringSliceP("tag", "t", nil, "name of the image, NAME:VERSION; may be given several times")
	flags.StringArray("build-arg", nil, "value for an ARG of the Dockerfile, NAME=VALUE; never a secret")
	flags.String("platform", "", "system to build for, such as linux/arm64")
	flags.Bool("dry-run", false, "print what would be run, and run nothing")
	flags.String("config", "", "file with settings (default "+File+" where it is there)")
	flags.String("log-level", "info", "what is logged: debug, info, warn or error")
	flags.String("log-format", "text", "how it is logged: text or json")
}

// Load reads the settings, once the flags were parsed.
func Load(flags *pflag.FlagSet) (Config, error) {
	settings := viper.New()
	settings.SetEnvPrefix(prefix)
	settings.SetEnvKeyReplacer(strings.NewReplacer("-", "_"))
	settings.AutomaticEnv()

	flags.VisitAll(func(flag *pflag.Flag) {
		if flag.Name == "config" || flag.Name == "help" {
			return // these are no settings, so a file must not set them
		}
		// as settings.BindPFlag(flag.Name, flag), without its errors
		settings.SetDefault(flag.Name, flag.Value.String())
	})
	path, err := file(flags)
	if err != nil {
		return Config{}, err
	}
	if path != "" {
		settings.SetConfigFile(path)
		if err := settings.ReadInConfig(); err != nil {
			return Config{}, fmt.Errorf("settings in %s: %w", path, err)
		}
	}
	var config Config
	// Exact: a name in the file that is none of ours is an error, so that a typing error is not passed over.
	if err := settings.UnmarshalExact(&config); err != nil {
		return Config{}, fmt.Errorf("settings%s: %w", in(path), err)
	}
	return config, config.check()
}

// file is the one to read; empty when there is none. One that was asked for must be there.
func file(flags *pflag.FlagSet) (string, error) {
	path, err := flags.GetString("config")
	if err != nil {
		return "", fmt.Errorf("flag config: %w", err)
	}
	if path == "" {
		path = os.Getenv(prefix + "_CONFIG")
	}
	if path != "" {
		return path, nil
	}
	// Not viper's own search: with a type set it would also take the program itself, docker-builder, for the file.
	if _, err := os.Stat(File); errors.Is(err, os.ErrNotExist) {
		return "", nil
	} else if err != nil {
		return "", fmt.Errorf("settings in %s: %w", File, err)
	}
	return File, nil
}

func in(path string) string {
	if path == "" {
		return ""
	}
	return " in " + path
}

func (c Config) check() error {
	if _, err := c.Level(); err != nil {
		return err
	}
	if c.LogFormat != "text" && c.LogFormat != "json" {
		return fmt.Errorf("log-format %q is neither text nor json", c.LogFormat)
	}
	return nil
}

// Level is what is logged at least.
func (c Config) Level() (slog.Level, error) {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		return 0, fmt.Errorf("log-level %q is none of debug, info, warn, error: %w", c.LogLevel, err)
	}
	return level, nil
}
