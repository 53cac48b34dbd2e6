// docker-builder builds container images.
package main

import (
	"fmt"
	"os"
	"os/exec"

	"github.com/spf13/cobra"

	"example.com/platform/docker-builder/internal/config"
)

func main() {
	root := &cobra.Command{Use: "docker-builder", SilenceErrors: true, SilenceUsage: true}
	build := &cobra.Command{
		Use:   "build [CONTEXT]",
		Short: "Build an image from a Dockerfile",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(command *cobra.Command, args []string) error {
			settings := config.Load(command.Flags())
			call := []string{"build", "--file", settings.Dockerfile}
			for _, tag := range settings.Tags {
				call = append(call, "--tag", tag)
			}
			context := "."
			if len(args) == 1 {
				context = args[0]
			}
			docker := exec.CommandContext(command.Context(), "docker", append(call, context)...)
			docker.Stdout, docker.Stderr = os.Stdout, os.Stderr
			if err := docker.Run(); err != nil {
				return fmt.Errorf("build failed: %v", err)
			}
			return nil
		},
	}
	build.Flags().StringP("dockerfile", "f", "Dockerfile", "file that says how the image is built")
	build.Flags().StringSliceP("tag", "t", nil, "name of the image")
	build.Flags().String("config", "", "file with settings")
	root.AddCommand(build)
	if err := root.Execute(); err != nil {
		fmt.Fprintln(os.Stderr, "docker-builder:", err)
		os.Exit(1)
	}
}
