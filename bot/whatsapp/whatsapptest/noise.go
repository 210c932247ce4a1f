package whatsapptest

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	"go.mau.fi/whatsmeow/proto/waWa6"
	"go.mau.fi/whatsmeow/socket"
	"go.mau.fi/whatsmeow/util/keys"
	"golang.org/x/crypto/curve25519"
	"google.golang.org/protobuf/proto"
)

// noise is the answering side of Noise_XX_25519_AESGCM_SHA256. The library has the asking side only.
type noise struct {
	hash, chain []byte
	cipher      cipher.AEAD
	counter     uint32
}

func beginNoise() *noise {
	n := &noise{hash: []byte(socket.NoiseStartPattern), chain: []byte(socket.NoiseStartPattern)}
	n.cipher = sealer(n.hash)
	n.mixHash(socket.WAConnHeader)
	return n
}

func sealer(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err) // the key is always 32 bytes
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return aead
}

func nonce(counter uint32) []byte {
	iv := make([]byte, 12)
	binary.BigEndian.PutUint32(iv[8:], counter)
	return iv
}

func (n *noise) mixHash(data []byte) {
	sum := sha256.Sum256(append(append([]byte{}, n.hash...), data...))
	n.hash = sum[:]
}

func (n *noise) mixKey(ours *keys.KeyPair, theirs []byte) error {
	secret, err := curve25519.X25519(ours.Priv[:], theirs)
	if err != nil {
		return err
	}
	var key []byte
	if n.chain, key, err = n.split(secret); err != nil {
		return err
	}
	n.cipher, n.counter = sealer(key), 0
	return nil
}

// split draws two keys from the chain.
func (n *noise) split(secret []byte) (first, second []byte, err error) {
	both, err := hkdf.Key(sha256.New, secret, n.chain, "", 64)
	if err != nil {
		return nil, nil, err
	}
	return both[:32], both[32:], nil
}

func (n *noise) seal(plain []byte) []byte {
	sealed := n.cipher.Seal(nil, nonce(n.counter), plain, n.hash)
	n.counter++
	n.mixHash(sealed)
	return sealed
}

func (n *noise) open(sealed []byte) ([]byte, error) {
	plain, err := n.cipher.Open(nil, nonce(n.counter), sealed, n.hash)
	if err != nil {
		return nil, err
	}
	n.counter++
	n.mixHash(sealed)
	return plain, nil
}

// caller is who speaks at the other end of a finished handshake.
type caller struct {
	noise   []byte // its static key
	payload *waWa6.ClientPayload
}

// handshake answers the three messages. It returns the ciphers for what comes in and what goes out.
func (s *Server) handshake(read func() ([]byte, error), write func([]byte) error) (c caller, in, out cipher.AEAD, err error) {
	n := beginNoise()
	var hello waWa6.HandshakeMessage
	if err = receive(read, &hello); err != nil {
		return c, nil, nil, err
	}
	theirs := hello.GetClientHello().GetEphemeral()
	if len(theirs) != 32 {
		return c, nil, nil, errors.New("the hello holds no key")
	}
	n.mixHash(theirs)
	passing := keys.NewKeyPair()
	n.mixHash(passing.Pub[:])
	if err = n.mixKey(passing, theirs); err != nil {
		return c, nil, nil, err
	}
	answer := &waWa6.HandshakeMessage_ServerHello{Ephemeral: passing.Pub[:], Static: n.seal(s.key.Pub[:])}
	if err = n.mixKey(s.key, theirs); err != nil {
		return c, nil, nil, err
	}
	answer.Payload = n.seal(s.certificates)
	raw, err := proto.Marshal(&waWa6.HandshakeMessage{ServerHello: answer})
	if err != nil {
		return c, nil, nil, err
	}
	if err = write(raw); err != nil {
		return c, nil, nil, err
	}
	var finish waWa6.HandshakeMessage
	if err = receive(read, &finish); err != nil {
		return c, nil, nil, err
	}
	if c.noise, err = n.open(finish.GetClientFinish().GetStatic()); err != nil {
		return c, nil, nil, fmt.Errorf("open the client's key: %w", err)
	}
	if err = n.mixKey(passing, c.noise); err != nil {
		return c, nil, nil, err
	}
	plain, err := n.open(finish.GetClientFinish().GetPayload())
	if err != nil {
		return c, nil, nil, fmt.Errorf("open the client's payload: %w", err)
	}
	c.payload = &waWa6.ClientPayload{}
	if err = proto.Unmarshal(plain, c.payload); err != nil {
		return c, nil, nil, err
	}
	first, second, err := n.split(nil)
	if err != nil {
		return c, nil, nil, err
	}
	return c, sealer(first), sealer(second), nil
}

func receive(read func() ([]byte, error), into proto.Message) error {
	raw, err := read()
	if err != nil {
		return err
	}
	return proto.Unmarshal(raw, into)
}
