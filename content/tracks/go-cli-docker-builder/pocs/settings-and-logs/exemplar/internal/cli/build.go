package cli

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"example.com/platform/docker-builder/internal/config"
	"example.com/platform/docker-builder/internal/docker"
)

func newBuild(runner docker.Runner) *cobra.Command {
	command := &cobra.Command{
		Use:   "build [CONTEXT]",
		Short: "Build an image from a Dockerfile",
		Long: `Build an image from a Dockerfile.

Each setting is looked for in this order, and the first place that has it wins: the flag, the variable
DOCKER_BUILDER_ and the name of the flag in capitals (DOCKER_BUILDER_LOG_LEVEL), the file docker-builder.yaml or
what --config names, the default.

The exit code is 0 when the image was built, 1 when the build failed, and 2 when nothing was begun because a flag
or a setting is wrong.`,
		Example: `  docker-builder build --tag shop:1.4.0
  docker-builder build -f deploy/Dockerfile -t shop:1.4.0 -t shop:latest web
  docker-builder build -t shop:1.4.0 --dry-run`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			settings, err := config.Load(command.Flags())
			if err != nil {
				return err
			}
			log, err := logger(command.ErrOrStderr(), settings)
			if err != nil {
				return err
			}
			build := asked(settings, args)
			if err := build.Check(); err != nil {
				return err
			}
			if settings.DryRun {
				_, err := fmt.Fprintln(command.OutOrStdout(), line("docker", build.Args()))
				return err
			}
			begin := time.Now()
			log.Info("build begins", "tags", build.Tags, "dockerfile", build.Dockerfile, "context", build.Context)
			// Names alone: a value may be a secret, though it should not.
			log.Debug("build arguments", "names", names(build.Arguments), "platform", build.Platform)
			if err := build.Run(command.Context(), runner); err != nil {
				log.Error("build failed", "tags", build.Tags, "seconds", time.Since(begin).Seconds())
				return err
			}
			log.Info("build done", "tags", build.Tags, "seconds", time.Since(begin).Seconds())
			return nil
		},
	}
	config.Flags(command.Flags())
	return command
}

// logger writes beside the results, to standard error.
func logger(to io.Writer, settings config.Config) (*slog.Logger, error) {
	level, err := settings.Level()
	if err != nil {
		return nil, err
	}
	options := &slog.HandlerOptions{Level: level}
	if settings.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(to, options)), nil
	}
	return slog.New(slog.NewTextHandler(to, options)), nil
}

func asked(settings config.Config, args []string) docker.Build {
	build := docker.Build{
		Dockerfile: settings.Dockerfile,
		Tags:       settings.Tags,
		Arguments:  settings.Arguments,
		Platform:   settings.Platform,
		Context:    ".",
	}
	if len(args) == 1 {
		build.Context = args[0]
	}
	return build
}

func names(arguments []string) []string {
	found := make([]string, 0, len(arguments))
	for _, each := range arguments {
		name, _, _ := strings.Cut(each, "=")
		found = append(found, name)
	}
	return found
}

// line is a command as it could be pasted into a shell.
func line(name string, args []string) string {
	words := []string{name}
	for _, each := range args {
		if each == "" || strings.ContainsAny(each, " \t\n'\"\\$`*?[]{}()<>|&;#~!") {
			each = "'" + strings.ReplaceAll(each, "'", `'\''`) + "'"
		}
		words = append(words, each)
	}
	return strings.Join(words, " ")
}
