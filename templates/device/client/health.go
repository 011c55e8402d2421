package main

import (
	"context"
	"net"
	"net/http"
	"time"
)

// requestTimeout is how long an answer may take.
const requestTimeout = 3 * time.Second

// Backend is where the application answers.
type Backend struct {
	// Address as HOST:PORT, as seen from the device itself.
	Address string
	client  *http.Client
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
	transport := &http.Transport{DisableKeepAlives: true}
	return &Backend{
		Address: net.JoinHostPort(host, port),
		client: &http.Client{
			Timeout:   requestTimeout,
			Transport: transport,
			// An answer is an answer.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
}

// URL of a page of the application.
func (b *Backend) URL(path string) string {
	if path == "" || path[0] != '/' {
		path = "/" + path
	}
	return "http://" + b.Address + path
}

// Healthy says whether the application answers. One that knows nothing of the question is healthy as well.
func (b *Backend) Healthy(ctx context.Context) bool {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, b.URL("/__strux/health"), nil)
	if err != nil {
		return false
	}
	response, err := b.client.Do(request)
	if err != nil {
		return false
	}
	response.Body.Close()
	return response.StatusCode < 500
}
