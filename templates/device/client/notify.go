package main

import (
	"net"
	"strconv"
	"strings"
	"time"
)

// Notifier tells systemd how it goes (sd_notify): datagrams to the socket that NOTIFY_SOCKET names. Without that
// variable, as when the client is started by hand, it says nothing.
type Notifier struct {
	connection net.Conn
	// Interval at which systemd wants to hear that the client lives; 0 where it does not care.
	Interval time.Duration
	status   string
}

func newNotifier(env []string) *Notifier {
	notifier := &Notifier{}
	socket, _ := valueOf(env, "NOTIFY_SOCKET")
	if socket == "" {
		return notifier
	}
	// An @ stands for the zero byte of the abstract namespace; package net knows that.
	connection, err := net.Dial("unixgram", socket)
	if err != nil {
		return notifier
	}
	notifier.connection = connection
	if text, found := valueOf(env, "WATCHDOG_USEC"); found {
		if usec, err := strconv.ParseInt(text, 10, 64); err == nil && usec > 0 {
			// Half of the time, as sd_watchdog_enabled(3) recommends.
			notifier.Interval = time.Duration(usec) * time.Microsecond / 2
		}
	}
	return notifier
}

func (n *Notifier) send(lines ...string) {
	if n.connection != nil {
		// A message that systemd misses is noticed by the watchdog.
		_, _ = n.connection.Write([]byte(strings.Join(lines, "\n")))
	}
}

// Ready may be said more than once.
func (n *Notifier) Ready()    { n.send("READY=1") }
func (n *Notifier) Watchdog() { n.send("WATCHDOG=1") }
func (n *Notifier) Stopping() { n.send("STOPPING=1", "STATUS=Stopping") }

// Status is the text of `systemctl status`. An unchanged text is not sent again.
func (n *Notifier) Status(text string) {
	if text != n.status {
		n.status = text
		n.send("STATUS=" + text)
	}
}
