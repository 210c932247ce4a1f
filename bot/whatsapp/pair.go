package whatsapp

import (
	"context"
	"errors"
	"fmt"

	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/types/events"
	"rsc.io/qr"
)

// Step is something to do or to know while a phone is being linked.
type Step struct {
	Code    string // to be scanned: a secret
	Typed   string // to be typed on the phone, XXXX-XXXX: a secret
	Passkey bool   // WhatsApp wants a passkey, which only a browser has
	Linked  bool
}

// Why a phone was not linked.
var (
	ErrLinked   = errors.New("whatsapp: a phone is linked already")
	ErrOutdated = errors.New("whatsapp: WhatsApp wants a newer version of Titian")
)

// Picture is a code to be scanned as a PNG. It is as secret as the code.
func Picture(code string) ([]byte, error) {
	drawn, err := qr.Encode(code, qr.M)
	if err != nil {
		return nil, errors.New("whatsapp: a code cannot be drawn") // the cause may repeat it
	}
	return drawn.PNG(), nil
}

// Pair links a phone and returns when it is: nil, or why not. Codes go on changing until one is scanned; with phone
// (62…, digits only) a code to be typed is asked for instead. Run must not be connected meanwhile: the lock sees to it.
func (c *Channel) Pair(ctx context.Context, phone string, tell func(Step)) error {
	if all, err := c.container.GetAllDevices(ctx); err == nil && len(all) > 0 {
		return ErrLinked // whoever owns it keeps the lock
	}
	_, release, err := c.lock(ctx)
	if err != nil {
		return fmt.Errorf("own the device: %w", err)
	}
	defer release()
	d, err := c.device(ctx)
	if err != nil {
		return err
	}
	if d != nil {
		return ErrLinked
	}
	for {
		again, err := c.pairOnce(ctx, phone, tell)
		if !again {
			return err
		}
	}
}

// pairOnce offers the codes of one connection; again: none was used in time.
func (c *Channel) pairOnce(ctx context.Context, phone string, tell func(Step)) (again bool, err error) {
	life, end := context.WithCancel(ctx)
	defer end()
	cli := c.open(life, c.container.NewDevice(), logs{c.log})
	defer cli.Disconnect()
	ready := make(chan struct{}, 1)
	cli.AddEventHandler(func(e any) {
		if _, ok := e.(*events.Connected); ok {
			select {
			case ready <- struct{}{}:
			default:
			}
		}
	})
	codes, err := cli.GetQRChannel(life)
	if err != nil {
		return false, fmt.Errorf("ask for a code: %w", err)
	}
	if err := cli.ConnectContext(life); err != nil {
		return false, fmt.Errorf("connect: %w", err)
	}
	typed := false
	for item := range codes {
		switch item.Event {
		case whatsmeow.QRChannelEventCode:
			if phone == "" {
				tell(Step{Code: item.Code})
			} else if !typed {
				typed = true
				code, err := cli.PairPhone(life, phone, true, whatsmeow.PairClientChrome, "Chrome (Linux)")
				if err != nil {
					return false, fmt.Errorf("ask for a code to type: %w", err)
				}
				tell(Step{Typed: code})
			}
		case whatsmeow.QRChannelEventPasskeyRequest:
			tell(Step{Passkey: true})
		case whatsmeow.QRChannelSuccess.Event:
			return false, c.linked(ctx, ready, tell)
		case whatsmeow.QRChannelTimeout.Event:
			return ctx.Err() == nil, ctx.Err()
		case whatsmeow.QRChannelClientOutdated.Event:
			return false, ErrOutdated
		default:
			return false, fmt.Errorf("link a phone: %s", item.Event)
		}
	}
	return ctx.Err() == nil, ctx.Err()
}

// linked waits for the first login of the new device, which makes its keys.
func (c *Channel) linked(ctx context.Context, ready <-chan struct{}, tell func(Step)) error {
	select {
	case <-ready:
		tell(Step{Linked: true})
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
