// Reads a log with Go's own implementation of transparency logs: opens the checkpoint, reads every entry and tile,
// checks every inclusion and consistency proof, and prints the proofs as JSON.
package main

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"judge/note"
	"judge/tlog"
)

type tiles struct{ folder string }

func (t tiles) Height() int { return 8 }

func (t tiles) SaveTiles([]tlog.Tile, [][]byte) {}

func (t tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range wanted {
		bytes, err := os.ReadFile(t.path(tile))
		if err != nil {
			return nil, err
		}
		all = append(all, bytes)
	}
	return all, nil
}

// Go names the height in the path and calls entries data; C2SP tlog-tiles does neither.
func (t tiles) path(tile tlog.Tile) string {
	name := strings.Replace(tile.Path(), "tile/8/", "tile/", 1)
	return filepath.Join(t.folder, strings.Replace(name, "tile/data/", "tile/entries/", 1))
}

func must[T any](value T, err error) T {
	check(err)
	return value
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func hexOf(hashes []tlog.Hash) []string {
	texts := []string{}
	for _, hash := range hashes {
		texts = append(texts, hex.EncodeToString(hash[:]))
	}
	return texts
}

func main() {
	folder, key, origin := os.Args[1], os.Args[2], os.Args[3]
	verifier := must(note.NewVerifier(key))
	signed := must(os.ReadFile(filepath.Join(folder, "checkpoint")))
	opened := must(note.Open(signed, note.VerifierList(verifier)))
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != origin {
		check(fmt.Errorf("a checkpoint of %q", lines[0]))
	}
	var size int64
	must(fmt.Sscanf(lines[1], "%d", &size))
	root := must(tlog.ParseHash(lines[2]))
	tree := tlog.Tree{N: size, Hash: root}
	reader := tlog.TileHashReader(tree, tiles{folder})

	out := struct {
		Size        int64
		Inclusion   [][]string
		Consistency [][]string
	}{Size: size}
	for at := int64(0); at < size; at++ {
		width := size - at/256*256
		if width > 256 {
			width = 256
		}
		bundle := must(os.ReadFile(tiles{folder}.path(tlog.Tile{H: 8, L: -1, N: at / 256, W: int(width)})))
		for skip := at % 256; skip > 0; skip-- {
			bundle = bundle[2+(int(bundle[0])<<8|int(bundle[1])):]
		}
		entry := bundle[2 : 2+(int(bundle[0])<<8|int(bundle[1]))]
		proof := must(tlog.ProveRecord(size, at, reader))
		check(tlog.CheckRecord(proof, size, root, at, tlog.RecordHash(entry)))
		out.Inclusion = append(out.Inclusion, hexOf(proof))
	}
	for from := int64(1); from <= size; from++ {
		older := must(tlog.TreeHash(from, reader))
		proof := must(tlog.ProveTree(size, from, reader))
		check(tlog.CheckTree(proof, size, root, from, older))
		out.Consistency = append(out.Consistency, hexOf(proof))
	}
	check(json.NewEncoder(os.Stdout).Encode(out))
}
