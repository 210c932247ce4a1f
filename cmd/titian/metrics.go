package main

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"titian/bot/chat"
	"titian/bot/delivery"
	"titian/storage"
)

// metrics are what an operator watches, in a registry of their own.
type metrics struct {
	registry *prometheus.Registry

	turns     *prometheus.CounterVec
	turnTime  prometheus.Histogram
	replyTime *prometheus.HistogramVec
	waiting   *prometheus.GaugeVec
	refusals  *prometheus.CounterVec
	parked    prometheus.Counter
	diverted  prometheus.Counter
	conflicts prometheus.Counter
	failed    *prometheus.CounterVec
	announced *prometheus.CounterVec
	reminded  *prometheus.CounterVec
	snapshots prometheus.Counter
	batches   prometheus.Counter
}

// fromMillis are bounds for what takes from a millisecond to half a minute.
var fromMillis = []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}

func newMetrics() *metrics {
	counter := func(name, help string) prometheus.CounterOpts {
		return prometheus.CounterOpts{Name: "titian_" + name, Help: help}
	}
	m := &metrics{
		registry: prometheus.NewRegistry(),
		turns:    prometheus.NewCounterVec(counter("turns_total", "Messages answered."), []string{"network", "flow", "lasting"}),
		turnTime: prometheus.NewHistogram(prometheus.HistogramOpts{
			Name: "titian_turn_seconds", Help: "From taking a message up to having stored its answer.", Buckets: fromMillis}),
		replyTime: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "titian_reply_seconds", Help: "From receiving a message to the network having its reply.", Buckets: fromMillis}, []string{"network"}),
		waiting: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "titian_replies_waiting", Help: "Replies waiting or being sent."}, []string{"network"}),
		refusals:  prometheus.NewCounterVec(counter("refusals_total", "Files that would not do, by reason."), []string{"network", "reason"}),
		parked:    prometheus.NewCounter(counter("parked_total", "Messages given up after three tries; staff must look.")),
		diverted:  prometheus.NewCounter(counter("diverted_total", "Messages put into the inbox because they held the line.")),
		conflicts: prometheus.NewCounter(counter("conflicts_total", "Turns worked again because the conversation had moved on.")),
		failed:    prometheus.NewCounterVec(counter("sends_failed_total", "Tries to send that failed, by what they mean."), []string{"network", "failure"}),
	}
	m.reminded = prometheus.NewCounterVec(counter("reminders_total", "Reminders that were sent, by what of."), []string{"kind"})
	m.announced = prometheus.NewCounterVec(counter("announcements_total", "Announcements by what became of them."), []string{"network", "state"})
	m.snapshots = prometheus.NewCounter(counter("snapshots_total", "Conversations written to Postgres in the background."))
	m.batches = prometheus.NewCounter(counter("snapshot_batches_total", "Transactions that wrote them."))
	m.registry.MustRegister(m.announced, m.reminded, m.snapshots, m.batches, m.turns, m.turnTime, m.replyTime, m.waiting, m.refusals, m.parked, m.diverted, m.conflicts, m.failed,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Turn is of bot.Meter, like the next four.
func (m *metrics) Turn(n chat.Network, flow string, lasting bool, took time.Duration) {
	kept := "no"
	if lasting {
		kept = "yes"
	}
	m.turns.WithLabelValues(string(n), flow, kept).Inc()
	m.turnTime.Observe(took.Seconds())
}

func (m *metrics) Refused(n chat.Network, reason string) {
	m.refusals.WithLabelValues(string(n), reason).Inc()
}
func (m *metrics) Parked(chat.Network)   { m.parked.Inc() }
func (m *metrics) Diverted(chat.Network) { m.diverted.Inc() }
func (m *metrics) Conflict()             { m.conflicts.Inc() }

// Snapshots is of bot.Meter.
func (m *metrics) Snapshots(conversations int) {
	m.snapshots.Add(float64(conversations))
	m.batches.Inc()
}

// Reminded is told of reminders that were sent.
func (m *metrics) Reminded(kind string) { m.reminded.WithLabelValues(kind).Inc() }

// Announced is told what became of announcements.
func (m *metrics) Announced(n chat.Network, s storage.RecipientState, people int) {
	m.announced.WithLabelValues(string(n), string(s)).Add(float64(people))
}

// delivery is what the way out is told to count.
func (m *metrics) delivery() delivery.Metrics {
	return delivery.Metrics{
		Latency: func(n chat.Network, d time.Duration) { m.replyTime.WithLabelValues(string(n)).Observe(d.Seconds()) },
		Queued:  func(n chat.Network, change int) { m.waiting.WithLabelValues(string(n)).Add(float64(change)) },
		Refused: func(n chat.Network, f chat.Failure) { m.failed.WithLabelValues(string(n), string(f)).Inc() },
	}
}

// depths are what Postgres knows, asked when somebody looks.
type depths interface {
	InboxDepth(ctx context.Context) (n int, oldest time.Time, err error)
	ParkedCount(ctx context.Context) (int, error)
	ThreadCounts(ctx context.Context) (open, waiting int, err error)
	FetchCounts(ctx context.Context) (waiting, tries int, err error)
	AnnouncementsWaiting(ctx context.Context) (int, error)
}

// watch adds the depths of a database; while it is down they are not shown.
func (m *metrics) watch(d depths) { m.registry.MustRegister(depthCollector{d}) }

type depthCollector struct{ from depths }

var (
	inboxDepth  = prometheus.NewDesc("titian_inbox_waiting", "Messages waiting in the inbox.", nil, nil)
	threadsOpen = prometheus.NewDesc("titian_threads_open", "Talks between owners and staff that are open.", nil, nil)
	threadsWait = prometheus.NewDesc("titian_threads_waiting", "Open talks in which an owner waits for an answer.", nil, nil)
	announces   = prometheus.NewDesc("titian_announcements_waiting", "Recipients of running broadcasts that are not sent to yet.", nil, nil)
	filesWait   = prometheus.NewDesc("titian_files_waiting", "Files of owners that could not be fetched yet.", nil, nil)
	filesTried  = prometheus.NewDesc("titian_files_waiting_tries", "Tries so far to fetch the files that wait.", nil, nil)
	parkedDepth = prometheus.NewDesc("titian_parked_waiting", "Parked messages nobody has looked at.", nil, nil)
)

func (c depthCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- inboxDepth
	ch <- parkedDepth
	ch <- threadsOpen
	ch <- threadsWait
	ch <- filesWait
	ch <- filesTried
	ch <- announces
}

func (c depthCollector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if n, _, err := c.from.InboxDepth(ctx); err == nil {
		ch <- prometheus.MustNewConstMetric(inboxDepth, prometheus.GaugeValue, float64(n))
	}
	if n, err := c.from.ParkedCount(ctx); err == nil {
		ch <- prometheus.MustNewConstMetric(parkedDepth, prometheus.GaugeValue, float64(n))
	}
	if open, waiting, err := c.from.ThreadCounts(ctx); err == nil {
		ch <- prometheus.MustNewConstMetric(threadsOpen, prometheus.GaugeValue, float64(open))
		ch <- prometheus.MustNewConstMetric(threadsWait, prometheus.GaugeValue, float64(waiting))
	}
	if n, err := c.from.AnnouncementsWaiting(ctx); err == nil {
		ch <- prometheus.MustNewConstMetric(announces, prometheus.GaugeValue, float64(n))
	}
	if waiting, tries, err := c.from.FetchCounts(ctx); err == nil {
		ch <- prometheus.MustNewConstMetric(filesWait, prometheus.GaugeValue, float64(waiting))
		ch <- prometheus.MustNewConstMetric(filesTried, prometheus.GaugeValue, float64(tries))
	}
}
