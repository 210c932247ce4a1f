// Package telegramtest is a strict Telegram Bot API server over real HTTP on loopback, together with the phones of the people who write to the bot.
// It refuses what the real server refuses, with the same texts, and also what the real server silently ignores (an unknown parameter, a number that
// is none), so a test that passes here would pass there. It imports nothing of this module and no Bot API library: it speaks HTTP and JSON. It is for
// tests and benches only, never waits by sleeping, and keeps a bounded memory of what was said.
//
//	srv := telegramtest.New(telegramtest.Options{})
//	defer srv.Close()
//	siti := srv.User(7001, "Siti")
//	siti.Start("pasar")
//	question := siti.Next(t)              // what the bot said
//	siti.Tap(question.ID, "Ya")           // by label or by data
package telegramtest
