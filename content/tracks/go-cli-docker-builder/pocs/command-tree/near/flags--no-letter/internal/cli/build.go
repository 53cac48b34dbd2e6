package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/viper"

	"example.com/platform/docker-builder/internal/docker"
)

func newBuild(runner docker.Runner) *cobra.Command {
	settings := viper.New()
	settings.SetEnvPrefix("DOCKER_BUILDER")
	settings.AutomaticEnv()

	command := &cobra.Command{
		Use:   "build [CONTEXT]",
		Short: "Build an image from a Dockerfile",
		Example: `  docker-builder build --tag shop:1.4.0
  docker-builder build -f deploy/Dockerfile -t shop:1.4.0 -t shop:latest web
  docker-builder build -t shop:1.4.0 --dry-run`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			build, err := asked(command, settings, args)
			if err != nil {
				return err
			}
			if settings.GetBool("dry-run") {
				_, err := fmt.Fprintln(command.OutOrStdout(), line("docker", build.Args()))
				return err
			}
			if err := runner.Run(command.Context(), "docker", build.Args()...); err != nil {
				return fmt.Errorf("building %s: %w", strings.Join(build.Tags, ", "), err)
			}
			return nil
		},
	}
	flags := command.Flags()
	// -t for tag: flags.StringSliceP("tag", "t", nil, "")
	flags.StringP("dockerfile", "f", "Dockerfile", "file that says how the image is built")
	flags.StringSlice("tag", nil, "name of the image, NAME:VERSION; may be given several times")
	flags.StringArray("build-arg", nil, "value for an ARG of the Dockerfile, NAME=VALUE; never a secret")
	flags.String("platform", "", "system to build for, such as linux/arm64")
	flags.Bool("dry-run", false, "print what would be run, and run nothing")
	// It fails only when the flags are nil, and these are not.
	cobra.CheckErr(settings.BindPFlags(flags))
	return command
}

// asked is the build that flags and environment ask for.
func asked(command *cobra.Command, settings *viper.Viper, args []string) (docker.Build, error) {
	tags, err := command.Flags().GetStringSlice("tag")
	if err != nil {
		return docker.Build{}, err
	}
	arguments, err := command.Flags().GetStringArray("build-arg")
	if err != nil {
		return docker.Build{}, err
	}
	build := docker.Build{
		Dockerfile: settings.GetString("dockerfile"),
		Tags:       tags,
		Arguments:  arguments,
		Platform:   settings.GetString("platform"),
		Context:    ".",
	}
	if len(args) == 1 {
		build.Context = args[0]
	}
	return build, build.Check()
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
