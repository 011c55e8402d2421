package main

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// fakeCard makes a card in a fake /sys and /dev: `connectors` maps names to their status.
func fakeCard(t *testing.T, root, name string, connectors map[string]string) {
	write(t, filepath.Join(root, "dev/dri", name), "", 0o644)
	write(t, filepath.Join(root, "sys/class/drm", name, "dev"), "", 0o644)
	for connector, status := range connectors {
		write(t, filepath.Join(root, "sys/class/drm", name+"-"+connector, "status"), status+"\n", 0o644)
	}
}

func TestCards(t *testing.T) {
	root := t.TempDir()
	if cards := findCards(root); len(cards) != 0 {
		t.Errorf("%v", cards)
	}
	fakeCard(t, root, "card0", nil)
	fakeCard(t, root, "card10", map[string]string{"DP-1": "connected", "Writeback-1": "unknown"})
	fakeCard(t, root, "card2", map[string]string{"HDMI-A-1": "disconnected"})
	write(t, filepath.Join(root, "sys/class/drm/card3-DP-9/status"), "connected", 0o644)
	cards := findCards(root)
	want := []Card{
		{"/dev/dri/card2", []Connector{{"HDMI-A-1", false}}},
		{"/dev/dri/card10", []Connector{{"DP-1", true}}},
	}
	if !reflect.DeepEqual(cards, want) {
		t.Fatalf("%v", cards)
	}
	if main := mainCard(cards); main.Device != "/dev/dri/card10" {
		t.Errorf("the one with a monitor: %v", main)
	}
	if main := mainCard(cards[:1]); main.Device != "/dev/dri/card2" {
		t.Errorf("the first: %v", main)
	}
}

func TestRenderer(t *testing.T) {
	root := t.TempDir()
	render := func(node, driver, features string) {
		device := filepath.Join(root, "sys/class/drm", node, "device")
		write(t, filepath.Join(root, "sys/drivers", driver, "bind"), "", 0o644)
		write(t, filepath.Join(device, "virtio0/features"), features, 0o644)
		if err := os.Symlink(filepath.Join(root, "sys/drivers", driver), filepath.Join(device, "driver")); err != nil {
			t.Fatal(err)
		}
	}
	if canRender(root) {
		t.Error("no render node")
	}
	render("renderD128", "vgem", "")
	render("renderD129", "virtio-pci", "0100")
	if canRender(root) {
		t.Error("virtio without GL")
	}
	render("renderD130", "virtio_gpu", "1100")
	if !canRender(root) {
		t.Error("virtio with GL")
	}
	os.RemoveAll(filepath.Join(root, "sys/class/drm"))
	render("renderD128", "panfrost", "")
	if !canRender(root) {
		t.Error("a GPU of its own")
	}
}

func TestPlanScreens(t *testing.T) {
	first := Card{"/dev/dri/card0", []Connector{{"HDMI-A-1", true}, {"DP-1", true}}}
	second := Card{"/dev/dri/card1", []Connector{{"DP-2", true}}}
	a, b, c := Monitor{Path: "/a"}, Monitor{Path: "/b", Names: []string{"DP-2"}}, Monitor{Path: "/c", Names: []string{"DP-1"}}
	screens, remarks := planScreens([]Card{first, second}, []Monitor{a, b, c})
	want := []Screen{{first, []Monitor{a, c}}, {second, []Monitor{b}}}
	if !reflect.DeepEqual(screens, want) {
		t.Errorf("%v", screens)
	}
	if len(remarks) != 1 || !strings.Contains(remarks[0], "/c is not shown") {
		t.Errorf("%v", remarks)
	}
	same := Monitor{Path: "/a", Names: []string{"DP-1"}}
	if _, remarks = planScreens([]Card{first}, []Monitor{a, same}); remarks != nil {
		t.Errorf("the same page on both is what Cage does: %v", remarks)
	}
}

func TestCageEnvironment(t *testing.T) {
	device := newDevice(t.TempDir(), []string{"HOME=/root", "XDG_RUNTIME_DIR=/run/other"})
	value := func(name string) string {
		text, _ := valueOf(device.cageEnvironment(Card{Device: "/dev/dri/card1"}, false), name)
		return text
	}
	for name, want := range map[string]string{
		"HOME": "/root", "WLR_DRM_DEVICES": "/dev/dri/card1", "WLR_RENDERER": "pixman", "XDG_RUNTIME_DIR": "/run/other",
		"WLR_LIBINPUT_NO_DEVICES": "1", "WEBKIT_SKIA_ENABLE_CPU_RENDERING": "1",
	} {
		if got := value(name); got != want {
			t.Errorf("%s=%s", name, got)
		}
	}
	write(t, filepath.Join(device.root, "strux/.cage-env"), "WLR_RENDERER=gles2\nXCURSOR_PATH=/x\n", 0o644)
	if value("WLR_RENDERER") != "gles2" || value("XCURSOR_PATH") != "/x" {
		t.Error("the board has the last word")
	}
}

func TestCageCommand(t *testing.T) {
	device := newDevice(t.TempDir(), nil)
	command, err := device.cageCommand(Screen{Card{Device: "/dev/dri/card0"}, []Monitor{{Path: "/a"}}}, true, "http://x/a")
	if err != nil {
		t.Fatal(err)
	}
	self, _ := os.Executable()
	want := []string{"cage", "--", self, "session", `{"url":"http://x/a","origin":"http://127.0.0.1:8080","monitors":[{"path":"/a"}]}`}
	if !reflect.DeepEqual(command.Args, want) {
		t.Errorf("%q", command.Args)
	}
	if backend, _ := valueOf(command.Env, "LIBSEAT_BACKEND"); backend != "builtin" {
		t.Errorf("several cards, several seats: %q", backend)
	}
}

func TestInputRules(t *testing.T) {
	monitors := []Monitor{
		{Names: []string{"DP-1"}, InputDevices: []string{`Touch "A" [*]`, "ILITEK", ""}},
		{InputDevices: []string{"Nowhere"}},
	}
	want := `SUBSYSTEM=="input", KERNEL=="event*", ATTRS{name}=="*Touch ?A? ???*", ENV{WL_OUTPUT}="DP-1"
SUBSYSTEM=="input", KERNEL=="event*", ATTRS{name}=="*ILITEK*", ENV{WL_OUTPUT}="DP-1"
`
	if rules := inputRules(monitors); rules != want {
		t.Errorf("%s", rules)
	}
}
