package main

import (
	"context"
	"fmt"
	"log"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Times of the device's life. Variables, so that tests need not wait as long.
var (
	// patience is how long the screen waits for the application before it shows the waiting page.
	patience = 60 * time.Second
	// probing is how often the application is asked whether it is well.
	probing = 5 * time.Second
	// starting is how long the application may take from its start to its first answer before it is started anew.
	starting = 2 * time.Minute
	// unwell is how many times in a row it may fail to answer before it is started anew.
	unwell = 12
)

// Device is all that the client looks after.
type Device struct {
	// root is `/`, or in tests the folder that stands for it.
	root     string
	env      []string
	notifier *Notifier
	backend  *Backend
	// answered is closed when the application has answered for the first time.
	answered chan struct{}
	// looked is when the application was last asked whether it is well, in Unix nanoseconds.
	looked atomic.Int64
}

func newDevice(root string, env []string) *Device {
	return &Device{
		root:     root,
		env:      withoutNotify(env),
		notifier: newNotifier(env),
		backend:  newBackend(env),
		answered: make(chan struct{}),
	}
}

// run returns when the context has ended and everything that was started has ended with it.
func (d *Device) run(ctx context.Context) error {
	project, err := readProject(filepath.Join(d.root, "etc/strux/project.json"))
	if err != nil {
		log.Print(err)
	}
	monitors, err := readMonitors(filepath.Join(d.root, "strux/.display-config.json"))
	if err != nil {
		log.Printf("%v; one monitor is assumed", err)
	}
	log.Printf("%s %s, client %s", orUnnamed(project.Name), project.ProjectVersion, Version)

	var all sync.WaitGroup
	start := func(work func()) {
		all.Add(1)
		go func() {
			defer all.Done()
			work()
		}()
	}
	application := d.application()
	start(func() { application.Run(ctx) })
	start(func() { d.watchApplication(ctx, application) })
	if d.hasScreen(project) {
		start(func() { d.showScreens(ctx, monitors) })
	} else {
		log.Print("a device without a screen: only the application runs")
	}
	d.looked.Store(time.Now().UnixNano())
	d.answerWatchdog(ctx)
	d.notifier.Stopping()
	all.Wait()
	return nil
}

func (d *Device) application() *Service {
	return &Service{
		Name:    "application",
		Backoff: Backoff{First: time.Second, Limit: 30 * time.Second, Steady: 30 * time.Second},
		Grace:   5 * time.Second,
		Restart: make(chan string, 1),
		Command: func(context.Context) (*exec.Cmd, error) {
			command := exec.Command(filepath.Join(d.root, "strux/main"))
			command.Dir = filepath.Join(d.root, "strux")
			command.Env = d.env
			command.Stdout, command.Stderr = os.Stderr, os.Stderr
			return command, nil
		},
	}
}

// watchApplication says when the application answers for the first time, and has it started anew when it no longer does,
// or when a run of it never begins to.
func (d *Device) watchApplication(ctx context.Context, application *Service) {
	d.notifier.Status("Waiting for the application")
	// The runs, by their start, of which the last answer came, and which was last asked to end.
	var answered, asked int64
	interval, failures := 100*time.Millisecond, 0
	for {
		run := application.started.Load()
		if d.looksWell(ctx) {
			if answered == 0 {
				log.Printf("the application answers at %s", d.backend.Address)
				close(d.answered)
				d.notifier.Ready()
				interval = probing
			}
			d.notifier.Status("The application runs")
			// Somebody else may answer at that address before the application has started.
			if answered, failures = run, 0; answered == 0 {
				answered = 1
			}
		} else if reason := d.complaint(run, answered, &failures); reason != "" && run != asked {
			asked = run
			select {
			case application.Restart <- reason:
			default:
			}
		}
		if !pause(ctx, interval) {
			return
		}
	}
}

// complaint says why a run of the application that does not answer has to end; nothing while there is still hope.
func (d *Device) complaint(run, answered int64, failures *int) string {
	if answered != 0 {
		d.notifier.Status("The application does not answer")
	}
	if run != answered {
		*failures = 0
		if run == 0 || time.Since(time.Unix(0, run)) < starting {
			return ""
		}
		return fmt.Sprintf("did not answer within %s of its start", starting)
	}
	if *failures++; *failures < unwell {
		return ""
	}
	return fmt.Sprintf("did not answer %d times in a row", unwell)
}

func (d *Device) looksWell(ctx context.Context) bool {
	d.looked.Store(time.Now().UnixNano())
	return d.backend.Healthy(ctx)
}

// answerWatchdog tells systemd that the client lives, until the context ends: that it still looks after the application,
// whatever the application answers.
func (d *Device) answerWatchdog(ctx context.Context) {
	if d.notifier.Interval == 0 {
		<-ctx.Done()
		return
	}
	ticker := time.NewTicker(d.notifier.Interval)
	defer ticker.Stop()
	for {
		if time.Since(time.Unix(0, d.looked.Load())) < 2*probing+requestTimeout {
			d.notifier.Watchdog()
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// hasScreen says whether the device was built with a screen; the files count as well, for images made by hand.
func (d *Device) hasScreen(project Project) bool {
	if !project.wantsScreen() {
		return false
	}
	for _, file := range []string{"usr/bin/cage", "usr/bin/cog"} {
		if _, err := os.Stat(filepath.Join(d.root, file)); err != nil {
			log.Printf("there is no /%s", file)
			return false
		}
	}
	return true
}

// showScreens waits until Cage can start, and keeps one Cage running for each card with configured monitors.
func (d *Device) showScreens(ctx context.Context, monitors []Monitor) {
	d.hidePrompt()
	if !d.awaitSeat(ctx) {
		return
	}
	cards := d.awaitCards(ctx)
	if cards == nil {
		return
	}
	d.awaitAnswer(ctx)
	if ctx.Err() != nil {
		return
	}
	d.assignInputs(monitors)
	screens, remarks := planScreens(cards, monitors)
	for _, remark := range remarks {
		log.Print(remark)
	}
	d.endSplash()
	var all sync.WaitGroup
	for i := range screens {
		screen := screens[i]
		log.Printf("Cage on %s", screen.Card.Device)
		service := &Service{
			Name:    "Cage on " + screen.Card.Device,
			Backoff: Backoff{First: time.Second, Limit: 30 * time.Second, Steady: 30 * time.Second},
			Grace:   5 * time.Second,
			Command: func(context.Context) (*exec.Cmd, error) {
				return d.cageCommand(screen, len(screens) > 1, d.pageOf(screen.Monitors[0]))
			},
		}
		all.Add(1)
		go func() {
			defer all.Done()
			service.Run(ctx)
		}()
	}
	all.Wait()
}

// awaitAnswer gives the application its time; after that, the screen shows that it is waited for.
func (d *Device) awaitAnswer(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-d.answered:
	case <-time.After(patience):
		log.Printf("the application has not answered within %s: the screen shows the waiting page", patience)
	}
}

// pageOf is the page of a monitor, or the one that waits for it.
func (d *Device) pageOf(monitor Monitor) string {
	page := d.backend.URL(monitor.Path)
	select {
	case <-d.answered:
		return page
	default:
	}
	if _, err := os.Stat(filepath.Join(d.root, waitingPage)); err != nil {
		return page
	}
	return "file://" + waitingPage + "#" + url.PathEscape(page)
}

// hidePrompt clears the text console, with its blinking cursor, that is to be seen until Cage draws.
func (d *Device) hidePrompt() {
	console, err := os.OpenFile(filepath.Join(d.root, "dev/tty1"), os.O_WRONLY, 0)
	if err != nil {
		return
	}
	defer console.Close()
	_, _ = console.WriteString("\033[?25l\033[2J\033[H")
}

// endSplash has the boot splash leave the card to Cage, with its picture on it.
func (d *Device) endSplash() {
	if _, err := os.Stat(filepath.Join(d.root, "usr/bin/plymouth")); err != nil {
		return
	}
	if err := exec.Command("plymouth", "quit", "--retain-splash").Run(); err != nil {
		log.Printf("plymouth quit: %v", err)
	}
}

// withoutNotify: only the client itself speaks to systemd.
func withoutNotify(env []string) []string {
	var kept []string
	for _, each := range env {
		if !strings.HasPrefix(each, "NOTIFY_SOCKET=") && !strings.HasPrefix(each, "WATCHDOG_") {
			kept = append(kept, each)
		}
	}
	return kept
}

func orUnnamed(name string) string {
	if name == "" {
		return "unnamed project"
	}
	return name
}
