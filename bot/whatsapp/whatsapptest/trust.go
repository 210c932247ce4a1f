package whatsapptest

import (
	"encoding/hex"
	"sync"
	"time"

	"go.mau.fi/libsignal/ecc"
	"go.mau.fi/libsignal/logger"
	"go.mau.fi/whatsmeow"
	"go.mau.fi/whatsmeow/proto/waCert"
	"go.mau.fi/whatsmeow/util/keys"
	"google.golang.org/protobuf/proto"
)

// root signs for every server of this process: the library keeps one trust root for all its clients. It also keeps the
// Signal library from printing: what the tests provoke on purpose is no news.
var root = sync.OnceValue(func() *keys.KeyPair {
	var mute logger.Loggable = &muted{}
	logger.Setup(&mute)
	pair := keys.NewKeyPair()
	whatsmeow.WACertPubKey = *pair.Pub
	return pair
})

// Root is the trust root of every server of this process, as WALAB_ROOT has it: 64 hex digits.
func Root() string { return hex.EncodeToString(root().Pub[:]) }

const (
	issuerSerial = 0 // what the library wants of the root
	middleSerial = 1
	leafSerial   = 2
)

// certify is the chain a server shows in the handshake: the root signs a middle key, which signs the server's own.
func certify(server *keys.KeyPair) ([]byte, error) {
	middle := keys.NewKeyPair()
	first, err := certificate(root(), issuerSerial, middleSerial, middle)
	if err != nil {
		return nil, err
	}
	second, err := certificate(middle, middleSerial, leafSerial, server)
	if err != nil {
		return nil, err
	}
	return proto.Marshal(&waCert.CertChain{Intermediate: first, Leaf: second})
}

func certificate(issuer *keys.KeyPair, issuerSerial, serial uint32, of *keys.KeyPair) (*waCert.CertChain_NoiseCertificate, error) {
	now := time.Now()
	details, err := proto.Marshal(&waCert.CertChain_NoiseCertificate_Details{
		Serial: proto.Uint32(serial), IssuerSerial: proto.Uint32(issuerSerial), Key: of.Pub[:],
		NotBefore: proto.Uint64(uint64(now.Add(-time.Hour).Unix())), NotAfter: proto.Uint64(uint64(now.Add(24 * time.Hour).Unix())),
	})
	if err != nil {
		return nil, err
	}
	return &waCert.CertChain_NoiseCertificate{Details: details, Signature: sign(issuer, details)}, nil
}

func sign(by *keys.KeyPair, message []byte) []byte {
	signature := ecc.CalculateSignature(ecc.NewDjbECPrivateKey(*by.Priv), message)
	return signature[:]
}

func verify(by []byte, message, signature []byte) bool {
	return len(by) == 32 && len(signature) == 64 &&
		ecc.VerifySignature(ecc.NewDjbECPublicKey([32]byte(by)), message, [64]byte(signature))
}
