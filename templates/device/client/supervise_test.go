package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestBackoff(t *testing.T) {
	backoff := Backoff{First: time.Second, Limit: 5 * time.Second, Steady: time.Minute}
	for i, want := range []time.Duration{1, 2, 4, 5, 5} {
		if got := backoff.After(0); got != want*time.Second {
			t.Errorf("wait %d: %s", i, got)
		}
	}
	if got := backoff.After(time.Hour); got != time.Second {
		t.Errorf("after a long run: %s", got)
	}
	if got := backoff.After(0); got != 2*time.Second {
		t.Errorf("and then: %s", got)
	}
}

func scripted(t *testing.T, script string) *Service {
	file := filepath.Join(t.TempDir(), "script")
	write(t, file, "#!/bin/sh\n"+script, 0o755)
	return &Service{
		Name:    "script",
		Backoff: Backoff{First: time.Millisecond, Limit: 4 * time.Millisecond, Steady: time.Hour},
		Grace:   200 * time.Millisecond,
		Restart: make(chan string),
		Command: func(context.Context) (*exec.Cmd, error) { return exec.Command(file), nil },
	}
}

func TestServiceStartsAgain(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	service := scripted(t, "echo started >>"+log+"; exit 3")
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { service.Run(ctx); close(ended) }()
	eventually(t, "started three times", func() bool {
		text, _ := os.ReadFile(log)
		return strings.Count(string(text), "started") >= 3
	})
	stop()
	<-ended
}

// A program that ignores SIGTERM ends all the same, with its children.
func TestServiceEndsWithAllThatItStarted(t *testing.T) {
	child := filepath.Join(t.TempDir(), "child")
	service := scripted(t, "trap '' TERM\nsleep 1000 &\necho $! >"+child+"\nwait; wait; sleep 1000")
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { service.Run(ctx); close(ended) }()
	var pid string
	eventually(t, "started", func() bool {
		text, _ := os.ReadFile(child)
		pid = strings.TrimSpace(string(text))
		return pid != ""
	})
	stop()
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
		t.Fatal("still there")
	}
	eventually(t, "its child is gone", func() bool {
		state, err := os.ReadFile("/proc/" + pid + "/stat")
		return err != nil || strings.Contains(string(state), ") Z ")
	})
}

func TestServiceThatCannotStart(t *testing.T) {
	service := scripted(t, "")
	tries := 0
	ctx, stop := context.WithCancel(context.Background())
	service.Command = func(context.Context) (*exec.Cmd, error) {
		if tries++; tries == 3 {
			stop()
		}
		return exec.Command("/nonexistent"), nil
	}
	service.Run(ctx)
	if tries != 3 {
		t.Errorf("%d tries", tries)
	}
}
