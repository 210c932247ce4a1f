package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"

	"titian/storage/storagetest"
)

// keeper is the process id of who owns the private servers, 0 when nobody does.
func (p *place) keeper() int {
	var now struct{ PID int }
	if json.Unmarshal([]byte(p.read("servers.json")), &now) != nil {
		return 0
	}
	return now.PID
}

// postmaster and redis are the private servers' process ids.
func (p *place) postmaster() int { return firstNumber(p.read("postgres/postmaster.pid")) }
func (p *place) redis() int      { return firstNumber(p.read("redis/redis.pid")) }

func firstNumber(text string) int {
	line, _, _ := strings.Cut(text, "\n")
	n, _ := strconv.Atoi(strings.TrimSpace(line))
	return n
}

// kill is kill -9 of one of this place's own processes.
func (p *place) kill(who string, pid int) {
	p.Helper()
	argv, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "cmdline"))
	if err != nil || !strings.Contains(string(argv), p.data) {
		p.Fatalf("the %s of %s is not process %d", who, p.data, pid)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		p.Fatalf("kill the %s: %v", who, err)
	}
}

// ownPostgres gives a place a server that a test may stop.
func ownPostgres(p *place) *storagetest.Server {
	p.Helper()
	server := storagetest.PostgresServer(p.TB)
	for i, each := range p.env {
		if strings.HasPrefix(each, "DATABASE_URL=") {
			p.env[i] = "DATABASE_URL=" + server.URL
		}
	}
	return server
}
