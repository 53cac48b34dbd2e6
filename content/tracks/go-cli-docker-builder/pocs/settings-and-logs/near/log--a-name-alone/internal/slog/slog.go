// Package slog logs.
package slog

import (
	"fmt"
	"io"
	"log"
)

// Logger writes lines.
type Logger struct{ to *log.Logger }

// New makes one.
func New(to io.Writer) *Logger { return &Logger{log.New(to, "", log.LstdFlags)} }

// Info writes a line.
func (l *Logger) Info(text string, more ...any) { l.to.Print("INFO ", text, " ", fmt.Sprint(more...)) }

// Debug writes a line.
func (l *Logger) Debug(text string, more ...any) {
	l.to.Print("DEBUG ", text, " ", fmt.Sprint(more...))
}

// Error writes a line.
func (l *Logger) Error(text string, more ...any) {
	l.to.Print("ERROR ", text, " ", fmt.Sprint(more...))
}
