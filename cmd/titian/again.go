package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"titian/bot/chat"
	"titian/storage"
	"titian/storage/postgres"
)

// againBatch is how many questions are put again at a time.
const againBatch = 50

// oweQuestions finds out, before Begin, whether conversations may have lost their last second: the process before this
// one ended uncleanly, and its Redis with it. A Redis that keeps nothing has its snapshots written at once instead.
func (p *process) oweQuestions(ctx context.Context) (standsOn string, err error) {
	if p.servers.Mini {
		return "in memory", nil
	}
	if standsOn, err = p.redis.RunID(ctx); err != nil {
		return "", err
	}
	n, err := p.db.OweQuestions(ctx, p.worker, standsOn)
	if n > 0 {
		p.log.Warn("the last answers before the interruption may be lost: their questions are put again", "conversations", n)
	}
	return standsOn, err
}

// askAgain puts the owed questions, and tries again while a server is away.
func (p *process) askAgain(ctx context.Context) {
	for {
		err := p.putQuestions(ctx)
		if err == nil || ctx.Err() != nil {
			return
		}
		p.log.Warn("questions wait to be put again", "error", err)
		if !pause(ctx, beatEvery) {
			return
		}
	}
}

func (p *process) putQuestions(ctx context.Context) error {
	for last := storage.ContactID(""); ; {
		list, err := p.db.QuestionsOwed(ctx, last, againBatch)
		if err != nil || len(list) == 0 {
			return err
		}
		var put []postgres.QuestionOwed
		var done []<-chan error
		for _, q := range list {
			last = q.Contact
			to, err := p.db.AddressOf(ctx, q.Contact)
			switch {
			case errors.Is(err, storage.ErrNotFound):
				continue // it goes in a week
			case err != nil:
				return err
			case p.runs(to.Network):
				put, done = append(put, q), append(done, p.house.bot.Receive(ctx, interruption(q, to)))
			}
		}
		for i, q := range put {
			select {
			case err := <-done[i]:
				if err != nil {
					return err
				}
			case <-ctx.Done():
				return ctx.Err()
			}
			if err := p.db.QuestionPut(ctx, q); err != nil {
				return err
			}
		}
	}
}

// interruption is named after the end that caused it: dying between putting the question and noting so, it is known.
func interruption(q postgres.QuestionOwed, to chat.Address) chat.Message {
	return chat.Message{
		ID:   fmt.Sprintf("interrupted %s %s", q.Contact, q.Since.UTC().Format(time.RFC3339Nano)),
		Kind: chat.Interrupted, From: to, Chat: to, At: q.Since,
	}
}

func (p *process) runs(n chat.Network) bool {
	for _, ch := range p.channels {
		if ch.Network() == n {
			return true
		}
	}
	return false
}
