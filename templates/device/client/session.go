package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

// Output is one output of `wlr-randr --json`; only the fields used here.
type Output struct {
	Name    string `json:"name"`
	Enabled bool   `json:"enabled"`
	Modes   []Mode `json:"modes"`
}

// Mode in pixels.
type Mode struct {
	Width     int  `json:"width"`
	Height    int  `json:"height"`
	Preferred bool `json:"preferred"`
	Current   bool `json:"current"`
}

// runSession sets up the outputs of the Cage that it runs in, and becomes Cog.
func runSession(arguments []string) error {
	if len(arguments) != 1 {
		return errors.New("session needs what to show, as JSON")
	}
	var session Session
	if err := json.Unmarshal([]byte(arguments[0]), &session); err != nil {
		return fmt.Errorf("session: %w", err)
	}
	arrangeOutputs(turned(session.Monitors, os.Getenv(transformVariable)))
	cog, err := exec.LookPath("cog")
	if err != nil {
		return err
	}
	env := append(os.Environ(), "STRUX_ORIGIN="+session.Origin)
	if err := trySandbox(); err != nil {
		log.Printf("the browser runs without its sandbox, which does not work here: %v", err)
		env = append(env, "WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS=1")
	}
	// The sandbox does not show /strux to the extension that tells pages of the display.
	if display, err := os.ReadFile("/strux/.display-config.json"); err == nil {
		env = append(env, "STRUX_DISPLAY_CONFIG="+string(display))
	}
	return syscall.Exec(cog, cogArguments(session.URL), env)
}

// trySandbox: small kernels lack what the sandbox of WebKit is made of (namespaces, seccomp filters), and Cog would end at
// once, again and again.
func trySandbox() error {
	if _, err := os.Stat("/proc/sys/kernel/seccomp/actions_avail"); err != nil {
		return errors.New("the kernel has no seccomp filters")
	}
	text, err := exec.Command("bwrap", "--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "--dev", "/dev", "true").CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, strings.TrimSpace(string(text)))
	}
	return nil
}

func cogArguments(url string) []string {
	return []string{
		"cog",
		"--platform=wl",
		"--web-extensions-dir=" + extensionsDir,
		"--bg-color=black",
		// Cage ends with it, and both are started again.
		"--webprocess-failure=exit",
		"--media-playback-requires-user-gesture=0",
		"--enable-write-console-messages-to-stdout=1",
		url,
	}
}

// arrangeOutputs goes on after errors: a picture of the wrong size is better than none.
func arrangeOutputs(monitors []Monitor) {
	if !needsArranging(monitors) {
		return
	}
	text, err := exec.Command("wlr-randr", "--json").Output()
	var outputs []Output
	if err == nil {
		err = json.Unmarshal(text, &outputs)
	}
	if err != nil {
		log.Printf("the outputs cannot be listed, so they stay as they are: %v", err)
		return
	}
	arguments, remarks := arrangement(outputs, monitors)
	for _, remark := range remarks {
		log.Print(remark)
	}
	if len(arguments) == 0 {
		return
	}
	if text, err := exec.Command("wlr-randr", arguments...).CombinedOutput(); err != nil {
		log.Printf("wlr-randr %s: %v: %s", strings.Join(arguments, " "), err, strings.TrimSpace(string(text)))
	}
}

// transformVariable is how cage.env of a board turns the screen, without a word about monitors.
const transformVariable = "STRUX_OUTPUT_TRANSFORM"

// turned gives the transform to the monitors that have none of their own. One that is none changes nothing.
func turned(monitors []Monitor, transform string) []Monitor {
	if transform == "" {
		return monitors
	}
	if !contains(transforms, transform) {
		log.Printf("%s=%s turns nothing: it is none of %s", transformVariable, transform, strings.Join(transforms, ", "))
		return monitors
	}
	all := make([]Monitor, len(monitors))
	for i, monitor := range monitors {
		if monitor.Transform == "" {
			monitor.Transform = transform
		}
		all[i] = monitor
	}
	return all
}

var transforms = []string{"normal", "0", "90", "180", "270", "flipped", "flipped-90", "flipped-180", "flipped-270"}

func needsArranging(monitors []Monitor) bool {
	for _, monitor := range monitors {
		if monitor.Resolution != "" || monitor.Transform != "" || len(monitor.Names) > 0 {
			return true
		}
	}
	return len(monitors) > 1
}

// arrangement is the arguments for wlr-randr: each monitor's outputs in their mode and turn, from left to right in the
// order of the monitors. Outputs that no monitor means are switched off where every monitor names its own.
func arrangement(outputs []Output, monitors []Monitor) (arguments, remarks []string) {
	taken := map[string]bool{}
	meant := make([][]Output, len(monitors))
	named := true
	for i, monitor := range monitors {
		for _, output := range outputs {
			if contains(monitor.Names, output.Name) && !taken[output.Name] {
				taken[output.Name] = true
				meant[i] = append(meant[i], output)
			}
		}
		if len(monitor.Names) == 0 {
			named = false
		} else if len(meant[i]) == 0 {
			remarks = append(remarks, fmt.Sprintf("no output is called %s; there are %s",
				strings.Join(monitor.Names, " or "), namesOf(outputs)))
		}
	}
	for i, monitor := range monitors {
		// A single monitor without a name means all outputs, others the next free one.
		for _, output := range outputs {
			if len(monitor.Names) == 0 && !taken[output.Name] && (len(monitors) == 1 || len(meant[i]) == 0) {
				taken[output.Name] = true
				meant[i] = append(meant[i], output)
			}
		}
	}
	left := 0
	for i, monitor := range monitors {
		for _, output := range meant[i] {
			width, height := sizeOf(output)
			arguments = append(arguments, "--output", output.Name, "--on")
			if w, h, ok := parseSize(monitor.Resolution); ok {
				width, height = w, h
				option := "--custom-mode"
				for _, mode := range output.Modes {
					if mode.Width == w && mode.Height == h {
						option = "--mode"
					}
				}
				arguments = append(arguments, option, fmt.Sprintf("%dx%d", w, h))
			}
			if transform, turned := wlTransform(monitor.Transform); transform != "" {
				arguments = append(arguments, "--transform", transform)
				if turned {
					width, height = height, width
				}
			}
			if len(taken) > 1 {
				arguments = append(arguments, "--pos", fmt.Sprintf("%d,0", left))
			}
			left += width
		}
	}
	if named && len(taken) > 0 {
		for _, output := range outputs {
			if !taken[output.Name] && output.Enabled {
				arguments = append(arguments, "--output", output.Name, "--off")
			}
		}
	}
	return arguments, remarks
}

// wlTransform turns degrees clockwise into those of Wayland, which count the other way round (wl_output.transform), and
// says whether width and height change places.
func wlTransform(transform string) (wayland string, turned bool) {
	switch transform {
	case "":
		return "", false
	case "0", "normal":
		return "normal", false
	case "90":
		return "270", true
	case "270":
		return "90", true
	case "flipped-90":
		return "flipped-270", true
	case "flipped-270":
		return "flipped-90", true
	}
	return transform, false
}

func sizeOf(output Output) (width, height int) {
	for _, mode := range output.Modes {
		if mode.Current || (width == 0 && mode.Preferred) {
			width, height = mode.Width, mode.Height
		}
	}
	return width, height
}

func parseSize(resolution string) (width, height int, ok bool) {
	left, right, found := strings.Cut(resolution, "x")
	if !found {
		return 0, 0, false
	}
	width, err := strconv.Atoi(left)
	if err != nil {
		return 0, 0, false
	}
	height, err = strconv.Atoi(right)
	return width, height, err == nil && width > 0 && height > 0
}

func namesOf(outputs []Output) string {
	names := make([]string, len(outputs))
	for i, output := range outputs {
		names[i] = output.Name
	}
	return strings.Join(names, ", ")
}

func contains(list []string, value string) bool {
	for _, each := range list {
		if each == value {
			return true
		}
	}
	return false
}
