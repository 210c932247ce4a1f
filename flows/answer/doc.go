// Package answer is what people mean. It reads the free text of a chat (a phone number, a sum of rupiah, a yes, a kecamatan,
// a date, a list of products, a NIK …) as Indonesians and people of Kendari type it, and gives back a typed, normalised value
// or a *Problem that says why it must be asked again. What is ambiguous is asked, never guessed. It imports no other package
// of this module, does no I/O (ReadCity reads from the reader it is given), keeps no state and has no clock.
package answer
