package main

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// systemd stands for the other end of NOTIFY_SOCKET.
type systemd struct {
	env      []string
	mutex    sync.Mutex
	messages []string
}

func listenAsSystemd(t *testing.T, watchdog string) *systemd {
	socket := filepath.Join(t.TempDir(), "notify")
	listener, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	heard := &systemd{env: []string{"NOTIFY_SOCKET=" + socket, "WATCHDOG_USEC=" + watchdog}}
	go func() {
		buffer := make([]byte, 4096)
		for {
			length, err := listener.Read(buffer)
			if err != nil {
				return
			}
			heard.mutex.Lock()
			heard.messages = append(heard.messages, string(buffer[:length]))
			heard.mutex.Unlock()
		}
	}()
	return heard
}

func (s *systemd) count(message string) (times int) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	for _, each := range s.messages {
		if strings.Contains(each, message) {
			times++
		}
	}
	return times
}

func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); !holds(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("never: %s", what)
		}
	}
}

func write(t *testing.T, file, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

// A device without a screen: its application is a shell script that writes down each start.
func TestDeviceRunsApplicationAndReports(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "etc/strux/project.json"), `{"name":"p","steps":{"cage":false}}`, 0o644)
	starts := filepath.Join(root, "starts")
	write(t, filepath.Join(root, "strux/main"), "#!/bin/sh\necho $PWD $NOTIFY_SOCKET >>"+starts+"\nexec sleep 100\n", 0o755)

	probing = 20 * time.Millisecond
	unwell = 3
	var mutex sync.Mutex
	status := http.StatusOK
	say := func(code int) {
		mutex.Lock()
		defer mutex.Unlock()
		status = code
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mutex.Lock()
		defer mutex.Unlock()
		w.WriteHeader(status)
	}))
	defer server.Close()

	heard := listenAsSystemd(t, "40000")
	env := append(heard.env, "STRUX_HTTP_ADDR="+strings.TrimPrefix(server.URL, "http://"), "PATH="+os.Getenv("PATH"))
	device := newDevice(root, env)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() { ended <- device.run(ctx) }()

	lines := func() []string {
		text, _ := os.ReadFile(starts)
		return strings.Split(strings.TrimSpace(string(text)), "\n")
	}
	eventually(t, "ready", func() bool { return heard.count("READY=1") == 1 })
	eventually(t, "watchdog", func() bool { return heard.count("WATCHDOG=1") > 3 })
	eventually(t, "started", func() bool { return lines()[0] != "" })
	if line := lines()[0]; line != filepath.Join(root, "strux") {
		t.Errorf("the application starts in its folder, without systemd's socket: %q", line)
	}
	say(http.StatusInternalServerError)
	eventually(t, "told that it does not answer", func() bool { return heard.count("does not answer") > 0 })
	eventually(t, "started anew", func() bool { return len(lines()) > 1 })
	say(http.StatusNotFound)
	eventually(t, "well again", func() bool { return heard.count("STATUS=The application runs") > 1 })
	stop()
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
		t.Fatal("does not end")
	}
	eventually(t, "stopping", func() bool { return heard.count("STOPPING=1") == 1 })
}

// One that never answers is started anew after its time; so is the next, which has the same time again.
func TestApplicationThatNeverAnswersStartsAnew(t *testing.T) {
	root := t.TempDir()
	write(t, filepath.Join(root, "etc/strux/project.json"), `{"name":"p","steps":{"cage":false}}`, 0o644)
	starts := filepath.Join(root, "starts")
	write(t, filepath.Join(root, "strux/main"), "#!/bin/sh\necho >>"+starts+"\nexec sleep 100\n", 0o755)
	before := starting
	starting = 300 * time.Millisecond
	defer func() { starting = before }()

	device := newDevice(root, []string{"STRUX_HTTP_ADDR=127.0.0.1:9", "PATH=" + os.Getenv("PATH")})
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error)
	began := time.Now()
	go func() { ended <- device.run(ctx) }()
	times := func() int {
		text, _ := os.ReadFile(starts)
		return len(text)
	}
	eventually(t, "started anew, twice", func() bool { return times() == 3 })
	if ran := time.Since(began); ran < 2*starting {
		t.Errorf("within %s, so it did not get its time", ran)
	}
	select {
	case <-device.answered:
		t.Error("it has not answered")
	default:
	}
	stop()
	<-ended
}

// The loop that supervises the application sends the watchdog messages; no timer does.
func TestWatchdogFallsSilent(t *testing.T) {
	heard := listenAsSystemd(t, "20000")
	device := newDevice(t.TempDir(), heard.env)
	device.looked.Store(time.Now().Add(-time.Hour).UnixNano())
	ctx, stop := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer stop()
	device.answerWatchdog(ctx)
	if times := heard.count("WATCHDOG"); times > 0 {
		t.Errorf("%d times", times)
	}
}

func TestPageWaitsForAnswer(t *testing.T) {
	device := newDevice(t.TempDir(), nil)
	monitor := Monitor{Path: "/menu?a=1"}
	if page := device.pageOf(monitor); page != "http://127.0.0.1:8080/menu?a=1" {
		t.Errorf("without a waiting page: %s", page)
	}
	write(t, filepath.Join(device.root, waitingPage), "", 0o644)
	want := "file:///strux/.not-configured.html#http:%2F%2F127.0.0.1:8080%2Fmenu%3Fa=1"
	if page := device.pageOf(monitor); page != want {
		t.Errorf("before the answer: %s", page)
	}
	close(device.answered)
	if page := device.pageOf(monitor); page != "http://127.0.0.1:8080/menu?a=1" {
		t.Errorf("after the answer: %s", page)
	}
}

func TestScreenNeedsCompositorAndBrowser(t *testing.T) {
	device := newDevice(t.TempDir(), nil)
	if device.hasScreen(Project{}) {
		t.Error("nothing is installed")
	}
	write(t, filepath.Join(device.root, "usr/bin/cage"), "", 0o755)
	write(t, filepath.Join(device.root, "usr/bin/cog"), "", 0o755)
	if !device.hasScreen(Project{}) {
		t.Error("both are installed")
	}
	var without Project
	off := false
	without.Steps.WPE = &off
	if device.hasScreen(without) {
		t.Error("the project has none")
	}
}
