package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// Screen is one Cage: a compositor owns a whole card, with all monitors on it.
type Screen struct {
	Card     Card
	Monitors []Monitor
}

// planScreens gives each monitor to the card that has an output of one of its names, or else to the main card. Monitors
// of one card share a Cage. The remarks name configured settings that Cage cannot apply.
func planScreens(cards []Card, monitors []Monitor) (screens []Screen, remarks []string) {
	find := func(monitor Monitor) Card {
		for _, card := range cards {
			if card.has(monitor.Names) {
				return card
			}
		}
		return mainCard(cards)
	}
	for _, monitor := range monitors {
		card := find(monitor)
		known := false
		for i := range screens {
			if screens[i].Card.Device == card.Device {
				screens[i].Monitors = append(screens[i].Monitors, monitor)
				known = true
			}
		}
		if !known {
			screens = append(screens, Screen{card, []Monitor{monitor}})
		}
	}
	for _, screen := range screens {
		first := screen.Monitors[0]
		for _, other := range screen.Monitors[1:] {
			if other.Path != first.Path {
				remarks = append(remarks, fmt.Sprintf(
					"Cage shows one page on all monitors of %s: they show %s together, and %s is not shown",
					screen.Card.Device, first.Path, other.Path))
			}
		}
	}
	return screens, remarks
}

// Session is the content of one Cage; it goes to `client session` as JSON.
type Session struct {
	URL string `json:"url"`
	// Origin of the application, whose pages get window.strux.
	Origin   string    `json:"origin"`
	Monitors []Monitor `json:"monitors"`
}

const (
	waitingPage   = "/strux/.not-configured.html"
	extensionsDir = "/usr/lib/wpe-web-extensions"
	cursorsDir    = "/usr/share/strux/cursors"
)

// cageCommand is how Cage starts with this program inside it, which in turn becomes Cog.
func (d *Device) cageCommand(screen Screen, several bool, url string) (*exec.Cmd, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	session, err := json.Marshal(Session{url, d.backend.Origin(), screen.Monitors})
	if err != nil {
		return nil, err
	}
	command := exec.Command("cage", "--", self, "session", string(session))
	command.Stdout, command.Stderr = os.Stderr, os.Stderr
	command.Env = d.cageEnvironment(screen.Card, several)
	return command, nil
}

// cageEnvironment: the variables of systemd, then those of the board in /strux/.cage-env, then the device's defaults.
func (d *Device) cageEnvironment(card Card, several bool) []string {
	own, err := readEnvironment(filepath.Join(d.root, "strux/.cage-env"))
	if err != nil {
		log.Print(err)
	}
	env := append(append([]string{}, d.env...), own...)
	unless := func(name, value string) {
		if _, given := valueOf(env, name); !given {
			env = append(env, name+"="+value)
		}
	}
	unless("WLR_DRM_DEVICES", card.Device)
	unless("XDG_SESSION_TYPE", "wayland")
	unless("XDG_RUNTIME_DIR", "/run/strux")
	// A panel without touch or keys is a screen all the same.
	unless("WLR_LIBINPUT_NO_DEVICES", "1")
	if several {
		// A seat has one active session; with a seat of its own each Cage keeps its card.
		unless("LIBSEAT_BACKEND", "builtin")
		unless("SEATD_VTBOUND", "0")
	}
	if !canRender(d.root) {
		unless("WLR_RENDERER", "pixman")
		// Tiles that WebKit draws by software GL are misplaced at the edges of the screen.
		unless("WEBKIT_SKIA_ENABLE_CPU_RENDERING", "1")
	}
	// The page comes from this device: no proxy stands between.
	unless("no_proxy", "localhost,127.0.0.1,::1")
	unless("NO_PROXY", "localhost,127.0.0.1,::1")
	return env
}

// awaitCards returns once there is a card with connectors; nothing when the context ended first.
func (d *Device) awaitCards(ctx context.Context) []Card {
	for {
		if cards := findCards(d.root); len(cards) > 0 {
			return cards
		}
		if !pause(ctx, 250*time.Millisecond) {
			return nil
		}
	}
}

// awaitSeat returns once seatd listens; false when the context ended first.
func (d *Device) awaitSeat(ctx context.Context) bool {
	socket, found := valueOf(d.env, "SEATD_SOCK")
	if !found {
		socket = filepath.Join(d.root, "run/seatd.sock")
	}
	for {
		if _, err := os.Stat(socket); err == nil {
			return true
		}
		if !pause(ctx, 100*time.Millisecond) {
			return false
		}
	}
}

// assignInputs tells udev, and by it libinput and Cage, which input devices belong to which output: Cage maps a device
// whose property WL_OUTPUT names an output.
func (d *Device) assignInputs(monitors []Monitor) {
	rules := inputRules(monitors)
	if rules == "" {
		return
	}
	file := filepath.Join(d.root, "run/udev/rules.d/90-strux-inputs.rules")
	err := os.MkdirAll(filepath.Dir(file), 0o755)
	if err == nil {
		err = os.WriteFile(file, []byte(rules), 0o644)
	}
	for _, arguments := range [][]string{
		{"control", "--reload"},
		{"trigger", "--settle", "--action=change", "--subsystem-match=input"},
	} {
		if err == nil {
			err = exec.Command("udevadm", arguments...).Run()
		}
	}
	if err != nil {
		log.Printf("input devices cannot be assigned to monitors: %v", err)
	}
}

// anyOf puts udev's `any character` in place of those that mean something else in its patterns.
var anyOf = strings.NewReplacer(`"`, "?", `\`, "?", "\n", "?", "*", "?", "[", "?", "]", "?", "|", "?", "$", "?", "%", "?")

// inputRules: a part of a device's name is enough, such as `ILITEK` for `ILITEK ILITEK-TP`.
func inputRules(monitors []Monitor) string {
	var rules strings.Builder
	for _, monitor := range monitors {
		if len(monitor.Names) == 0 {
			continue
		}
		for _, device := range monitor.InputDevices {
			if device == "" {
				continue
			}
			name := anyOf.Replace(device)
			fmt.Fprintf(&rules, "SUBSYSTEM==\"input\", KERNEL==\"event*\", ATTRS{name}==\"*%s*\", ENV{WL_OUTPUT}=\"%s\"\n",
				name, monitor.Names[0])
		}
	}
	return rules.String()
}

// pause says whether it came to its end, rather than the context.
func pause(ctx context.Context, length time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(length):
		return true
	}
}
