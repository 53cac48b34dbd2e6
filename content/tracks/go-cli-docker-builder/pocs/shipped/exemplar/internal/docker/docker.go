// Package docker says how docker is called, and calls it.
package docker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// Runner runs a program to its end. Tests put a recorder in its place, so that they need no Docker.
type Runner interface {
	Run(ctx context.Context, name string, args ...string) error
}

// FailedError is a build that was begun and did not end well.
type FailedError struct {
	Tags  []string
	Cause error
}

func (f *FailedError) Error() string {
	return fmt.Sprintf("building %s: %v", strings.Join(f.Tags, ", "), f.Cause)
}

// Unwrap lets errors.Is and errors.As see the cause.
func (f *FailedError) Unwrap() error { return f.Cause }

// Build is one image to be built.
type Build struct {
	Dockerfile string
	Tags       []string
	Arguments  []string // NAME=VALUE
	Platform   string   // empty: that of the machine
	Context    string
}

// Run has docker build it.
func (b Build) Run(ctx context.Context, runner Runner) error {
	if err := runner.Run(ctx, "docker", b.Args()...); err != nil {
		return &FailedError{b.Tags, err}
	}
	return nil
}

// Args are the arguments of docker, without the name of the program.
func (b Build) Args() []string {
	args := []string{"build", "--file", b.Dockerfile}
	for _, tag := range b.Tags {
		args = append(args, "--tag", tag)
	}
	for _, each := range b.Arguments {
		args = append(args, "--build-arg", each)
	}
	if b.Platform != "" {
		args = append(args, "--platform", b.Platform)
	}
	return append(args, b.Context)
}

// Check says what is wrong with it before anything is run.
func (b Build) Check() error {
	if len(b.Tags) == 0 {
		return errors.New("no name for the image: give --tag NAME:VERSION")
	}
	for _, tag := range b.Tags {
		if strings.TrimSpace(tag) == "" || strings.HasPrefix(tag, "-") {
			return fmt.Errorf("--tag %q is no name of an image", tag)
		}
	}
	if strings.HasPrefix(b.Context, "-") {
		return fmt.Errorf("the context %q would be taken for a flag of docker; write ./%s", b.Context, b.Context)
	}
	return nil
}

// Command runs programs of this machine, with these streams. It never goes through a shell.
type Command struct {
	Stdout, Stderr io.Writer
}

// Run waits for the program. When ctx ends, the program is asked to stop, and is killed ten seconds later.
func (c Command) Run(ctx context.Context, name string, args ...string) error {
	command := exec.CommandContext(ctx, name, args...)
	command.Stdout, command.Stderr = c.Stdout, c.Stderr
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	command.WaitDelay = 10 * time.Second
	err := command.Run()
	if errors.Is(err, exec.ErrNotFound) {
		return fmt.Errorf("%s is not installed, or not on the PATH: %w", name, err)
	}
	return err
}
