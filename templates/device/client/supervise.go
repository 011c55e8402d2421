package main

import (
	"context"
	"log"
	"os/exec"
	"sync/atomic"
	"syscall"
	"time"
)

// Backoff is how long to wait before something that ended is started again: twice as long each time, up to a limit, and
// from the beginning once it had run for a while.
type Backoff struct {
	First, Limit time.Duration
	// Steady is how long something must have run to count as working.
	Steady time.Duration
	next   time.Duration
}

// After says how long to wait after a run of the given length.
func (b *Backoff) After(ran time.Duration) time.Duration {
	if ran >= b.Steady || b.next == 0 {
		b.next = b.First
	}
	wait := b.next
	if b.next *= 2; b.next > b.Limit {
		b.next = b.Limit
	}
	return wait
}

// Service is a program that has to run as long as the device does.
type Service struct {
	Name string
	// Command is called before each start, so that changes since the last start count.
	Command func(context.Context) (*exec.Cmd, error)
	Backoff Backoff
	// Grace is how long the program may take to end when it is asked to.
	Grace time.Duration
	// Restart, when something is sent, ends the program, which is then started again.
	Restart chan string
	// started is when the program was last started, in Unix nanoseconds; 0 before that.
	started atomic.Int64
}

// Run keeps the program running until the context ends, and returns when the program has ended as well.
func (s *Service) Run(ctx context.Context) {
	for ctx.Err() == nil {
		started := time.Now()
		reason := s.once(ctx)
		if ctx.Err() != nil {
			return
		}
		wait := s.Backoff.After(time.Since(started))
		log.Printf("%s %s; it starts again in %s", s.Name, reason, wait.Round(time.Millisecond))
		select {
		case <-ctx.Done():
		case <-time.After(wait):
		}
	}
}

// once starts the program and says how it ended.
func (s *Service) once(ctx context.Context) string {
	command, err := s.Command(ctx)
	if err != nil {
		return "cannot be started: " + err.Error()
	}
	if command.SysProcAttr == nil {
		command.SysProcAttr = &syscall.SysProcAttr{}
	}
	// Asked of the one before, which ended by itself meanwhile.
	select {
	case <-s.Restart:
	default:
	}
	// A process group of its own: its children end with it.
	command.SysProcAttr.Setpgid = true
	if err := command.Start(); err != nil {
		return "cannot be started: " + err.Error()
	}
	s.started.Store(time.Now().UnixNano())
	ended := make(chan error, 1)
	go func() { ended <- command.Wait() }()
	reason := ""
	select {
	case err := <-ended:
		signalGroup(command, syscall.SIGKILL)
		if err == nil {
			return "ended"
		}
		return "ended: " + err.Error()
	case reason = <-s.Restart:
	case <-ctx.Done():
		reason = "was stopped"
	}
	signalGroup(command, syscall.SIGTERM)
	select {
	case <-ended:
	case <-time.After(s.Grace):
		log.Printf("%s did not end within %s", s.Name, s.Grace)
		signalGroup(command, syscall.SIGKILL)
		<-ended
	}
	signalGroup(command, syscall.SIGKILL)
	return reason
}

func signalGroup(command *exec.Cmd, signal syscall.Signal) {
	// No such process: all have ended already.
	_ = syscall.Kill(-command.Process.Pid, signal)
}
