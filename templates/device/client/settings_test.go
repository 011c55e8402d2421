package main

import (
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

func TestMonitors(t *testing.T) {
	file := filepath.Join(t.TempDir(), "display.json")
	monitors, err := readMonitors(file)
	if err != nil || !reflect.DeepEqual(monitors, []Monitor{{Path: "/"}}) {
		t.Errorf("no file: %v %v", monitors, err)
	}
	write(t, file, `{"monitors":[{"path":"/a","resolution":"1920x1080","transform":"90","names":["HDMI-A-1"],"input_devices":["Touch"]}]}`, 0o644)
	want := []Monitor{{"/a", "1920x1080", "90", []string{"HDMI-A-1"}, []string{"Touch"}}}
	if monitors, err = readMonitors(file); err != nil || !reflect.DeepEqual(monitors, want) {
		t.Errorf("%v %v", monitors, err)
	}
	write(t, file, `{"monitors":`, 0o644)
	if monitors, err = readMonitors(file); err == nil || len(monitors) != 1 {
		t.Errorf("broken: %v %v", monitors, err)
	}
}

func TestEnvironmentFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "env")
	env, err := readEnvironment(file)
	if env != nil || err != nil {
		t.Errorf("no file: %v %v", env, err)
	}
	if err := os.WriteFile(file, []byte("A=1\n\n# no\nB=x=y\nnonsense\nC=\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	env, err = readEnvironment(file)
	if want := []string{"A=1", "B=x=y", "C="}; err != nil || !reflect.DeepEqual(env, want) {
		t.Errorf("%v %v", env, err)
	}
	if value, found := valueOf([]string{"A=1", "AB=3", "A=2"}, "A"); value != "2" || !found {
		t.Errorf("%q %v", value, found)
	}
}

func TestBackendAddress(t *testing.T) {
	for listen, want := range map[string]string{
		"":                         "127.0.0.1:8080",
		"STRUX_HTTP_ADDR=":         "127.0.0.1:8080",
		"STRUX_HTTP_ADDR=:9":       "127.0.0.1:9",
		"STRUX_HTTP_ADDR=[::]:9":   "127.0.0.1:9",
		"STRUX_HTTP_ADDR=[::1]:9":  "[::1]:9",
		"STRUX_HTTP_ADDR=nonsense": "127.0.0.1:8080",
	} {
		if backend := newBackend([]string{listen}); backend.Address != want {
			t.Errorf("%q: %s", listen, backend.Address)
		}
	}
}
