package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// Monitor is an entry of /strux/.display-config.json: the page of one monitor, and its settings.
type Monitor struct {
	// Path of the page, such as "/".
	Path string `json:"path"`
	// WIDTHxHEIGHT in pixels; empty: the monitor's preferred mode.
	Resolution string `json:"resolution,omitempty"`
	// Degrees clockwise ("0", "90", "180", "270", "normal"), or mirrored first ("flipped", "flipped-90", …).
	Transform string `json:"transform,omitempty"`
	// Names of outputs, such as "HDMI-A-1"; none for whichever there is.
	Names []string `json:"names,omitempty"`
	// Names of input devices whose touches belong to this monitor.
	InputDevices []string `json:"input_devices,omitempty"`
}

// Project is the part of /etc/strux/project.json that the client reads.
type Project struct {
	Name           string `json:"name"`
	ProjectVersion string `json:"projectVersion"`
	Steps          struct {
		Cage *bool `json:"cage"`
		WPE  *bool `json:"wpe"`
	} `json:"steps"`
}

// wantsScreen says whether the device was built with a compositor and a browser. A missing key counts as yes.
func (p Project) wantsScreen() bool {
	on := func(step *bool) bool { return step == nil || *step }
	return on(p.Steps.Cage) && on(p.Steps.WPE)
}

// readProject returns an empty project where there is no file.
func readProject(file string) (Project, error) {
	var project Project
	err := readJSON(file, &project)
	return project, err
}

// readMonitors returns one monitor that shows "/" where nothing else is configured.
func readMonitors(file string) ([]Monitor, error) {
	var config struct {
		Monitors []Monitor `json:"monitors"`
	}
	err := readJSON(file, &config)
	if err != nil || len(config.Monitors) == 0 {
		return []Monitor{{Path: "/"}}, err
	}
	return config.Monitors, nil
}

func readJSON(file string, into any) error {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// readEnvironment reads lines NAME=value; empty lines and those that begin with # do not count.
func readEnvironment(file string) ([]string, error) {
	opened, err := os.Open(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer opened.Close()
	var env []string
	lines := bufio.NewScanner(opened)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") || !strings.Contains(line, "=") {
			continue
		}
		env = append(env, line)
	}
	return env, lines.Err()
}

// valueOf is the last value of a variable, as programs see it.
func valueOf(env []string, name string) (string, bool) {
	for i := len(env) - 1; i >= 0; i-- {
		if strings.HasPrefix(env[i], name+"=") {
			return env[i][len(name)+1:], true
		}
	}
	return "", false
}
