package main

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"time"
)

// requestTimeout is how long an answer may take.
const requestTimeout = 3 * time.Second

// Backend is where the application answers.
type Backend struct {
	// Address as HOST:PORT, as seen from the device itself.
	Address string
}

// newBackend reads STRUX_HTTP_ADDR, which says where the application listens: HOST:PORT, :PORT for all addresses.
func newBackend(env []string) *Backend {
	listen, found := valueOf(env, "STRUX_HTTP_ADDR")
	if !found || listen == "" {
		listen = ":8080"
	}
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		host, port = "", "8080"
	}
	if host == "" || host == "0.0.0.0" || host == "::" {
		host = "127.0.0.1"
	}
	return &Backend{Address: net.JoinHostPort(host, port)}
}

// URL of a page of the application.
func (b *Backend) URL(path string) string {
	if path == "" || path[0] != '/' {
		path = "/" + path
	}
	return b.Origin() + path
}

// Origin of its pages, as browsers have it: scheme, host and port.
func (b *Backend) Origin() string {
	return "http://" + b.Address
}

// Healthy says whether the application answers. One that knows nothing of the question is healthy as well. Plain HTTP/1.0
// over a connection is all of the protocol that this needs; package net/http would double the program.
func (b *Backend) Healthy(ctx context.Context) bool {
	dialer := net.Dialer{Timeout: requestTimeout}
	connection, err := dialer.DialContext(ctx, "tcp", b.Address)
	if err != nil {
		return false
	}
	defer connection.Close()
	_ = connection.SetDeadline(time.Now().Add(requestTimeout))
	if _, err := fmt.Fprintf(connection, "GET /__strux/health HTTP/1.0\r\nHost: %s\r\n\r\n", b.Address); err != nil {
		return false
	}
	line, err := bufio.NewReader(connection).ReadString('\n')
	if err != nil {
		return false
	}
	var protocol string
	var status int
	_, err = fmt.Sscanf(line, "%s %d", &protocol, &status)
	return err == nil && status >= 100 && status < 500
}
