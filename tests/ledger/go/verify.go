// Verifies a floor's log with the Go project's own libraries alone (golang.org/x/mod/sumdb): the note, the tiles, and a proof of every leaf.
package main

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

// reader gives the tiles of a C2SP tlog-tiles address; its paths leave out the height that the Go checksum database has in its own.
type reader struct {
	at   string
	held map[string][]byte
}

func (r reader) Height() int                     { return height }
func (r reader) SaveTiles([]tlog.Tile, [][]byte) {}
func (r reader) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	var all [][]byte
	for _, tile := range tiles {
		path := strings.TrimPrefix(tile.Path(), "tile/8/")
		if r.held[path] == nil {
			content, err := get(r.at + "/tile/" + path)
			if err != nil {
				return nil, err
			}
			r.held[path] = content
		}
		all = append(all, r.held[path])
	}
	return all, nil
}

func get(url string) ([]byte, error) {
	answer, err := http.Get(url)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	if answer.StatusCode != 200 {
		return nil, fmt.Errorf("%s: %s", url, answer.Status)
	}
	return io.ReadAll(answer.Body)
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func main() {
	at := os.Args[1]
	verifier, err := note.NewVerifier(os.Args[2])
	check(err)
	said, err := get(at + "/checkpoint/newest")
	check(err)
	opened, err := note.Open(said, note.VerifierList(verifier))
	check(err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	check(err)
	root, err := tlog.ParseHash(lines[2])
	check(err)
	tree := tlog.Tree{N: size, Hash: root}
	hashes := tlog.TileHashReader(tree, reader{at, map[string][]byte{}}) // it refuses any tile that the signed root does not prove
	for leaf := int64(0); leaf < size; leaf++ {
		found, err := hashes.ReadHashes([]int64{tlog.StoredHashIndex(0, leaf)})
		check(err)
		proof, err := tlog.ProveRecord(size, leaf, hashes)
		check(err)
		check(tlog.CheckRecord(proof, size, root, leaf, found[0]))
	}
	for old := int64(1); old < size; old = old*3 + 1 {
		before, err := tlog.TreeHash(old, hashes)
		check(err)
		proof, err := tlog.ProveTree(size, old, hashes)
		check(err)
		check(tlog.CheckTree(proof, size, root, old, before))
	}
	fmt.Printf("%d leaves proved\n", size)
}
