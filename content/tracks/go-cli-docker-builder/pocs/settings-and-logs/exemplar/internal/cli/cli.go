// Package cli is the tree of commands. It reads flags, and leaves the work to others.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"example.com/platform/docker-builder/internal/docker"
)

// Exit codes; a pipeline may tell by them whether trying again can help.
const (
	fine   = 0
	failed = 1 // the build was begun, and failed
	wrong  = 2 // nothing was begun: a flag, a setting or a command is wrong
)

// Main is the whole program: it gives the exit code.
func Main(args []string, stdout, stderr io.Writer, version string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return run(ctx, docker.Command{Stdout: stdout, Stderr: stderr}, args, stdout, stderr, version)
}

func run(ctx context.Context, runner docker.Runner, args []string, stdout, stderr io.Writer, version string) int {
	root := New(runner, version)
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return fine
	}
	fmt.Fprintf(stderr, "docker-builder: %v\n", err)
	var begun *docker.FailedError
	if errors.As(err, &begun) {
		return failed
	}
	return wrong
}

// New makes the tree afresh, so that one test leaves nothing behind for the next.
func New(runner docker.Runner, version string) *cobra.Command {
	root := &cobra.Command{
		Use:           "docker-builder",
		Short:         "Build container images the same way everywhere",
		SilenceErrors: true, // run prints the error, once
		SilenceUsage:  true, // a build that failed is no mistake in how the tool was called
	}
	root.AddCommand(newBuild(runner), newVersion(version))
	return root
}
