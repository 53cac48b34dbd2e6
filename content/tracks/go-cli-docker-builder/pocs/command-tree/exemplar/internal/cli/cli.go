// Package cli is the tree of commands. It reads flags, and leaves the work to others.
package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"example.com/platform/docker-builder/internal/docker"
)

// Main is the whole program: it gives the exit code, 0 when all went well.
func Main(args []string, stdout, stderr io.Writer, version string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()

	root := New(docker.Command{Stdout: stdout, Stderr: stderr}, version)
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintf(stderr, "docker-builder: %v\n", err)
		return 1
	}
	return 0
}

// New makes the tree afresh, so that one test leaves nothing behind for the next.
func New(runner docker.Runner, version string) *cobra.Command {
	root := &cobra.Command{
		Use:           "docker-builder",
		Short:         "Build container images the same way everywhere",
		SilenceErrors: true, // Main prints the error, once
		SilenceUsage:  true, // a build that failed is no mistake in how the tool was called
	}
	root.AddCommand(newBuild(runner), newVersion(version))
	return root
}
