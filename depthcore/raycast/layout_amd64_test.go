package raycast

import (
	"testing"
	"unsafe"

	"zscope/depthcore/bvh"
)

// What kernels write lies on cache lines.
func TestAligned(t *testing.T) {
	w := worker{}
	for name, offset := range map[string]uintptr{
		"nearness": unsafe.Offsetof(w.nearness), "found": unsafe.Offsetof(w.found),
		"batch": unsafe.Offsetof(w.batch), "setup": unsafe.Offsetof(w.setup),
	} {
		if offset%64 != 0 {
			t.Errorf("%s is at %d", name, offset)
		}
	}
}

// The generated kernels count on these offsets.
func TestLayout(t *testing.T) {
	for name, offsets := range map[string][2]uintptr{
		"lens.v":          {unsafe.Offsetof(lens{}.v), 16},
		"lens.w":          {unsafe.Offsetof(lens{}.w), 32},
		"lens.errU":       {unsafe.Offsetof(lens{}.errU), 64},
		"lens.errV":       {unsafe.Offsetof(lens{}.errV), 68},
		"lens.errW":       {unsafe.Offsetof(lens{}.errW), 72},
		"lens.z":          {unsafe.Offsetof(lens{}.z), 48},
		"lens.errZ":       {unsafe.Offsetof(lens{}.errZ), 76},
		"lens.ortho":      {unsafe.Offsetof(lens{}.ortho), 88},
		"lens.lastX":      {unsafe.Offsetof(lens{}.lastX), 80},
		"lens.pad":        {unsafe.Offsetof(lens{}.pad), 92},
		"lens.lastY":      {unsafe.Offsetof(lens{}.lastY), 84},
		"lens.step":       {unsafe.Offsetof(lens{}.step), 96},
		"lens.start":      {unsafe.Offsetof(lens{}.start), 100},
		"lens.columns":    {unsafe.Offsetof(lens{}.columns), 128},
		"Node.Half":       {unsafe.Offsetof(bvh.Node{}.Half), 192},
		"Node.Child":      {unsafe.Offsetof(bvh.Node{}.Child), 384},
		"Node.Count":      {unsafe.Offsetof(bvh.Node{}.Count), 448},
		"Leaf":            {unsafe.Sizeof(bvh.Leaf{}), 576},
		"Patch":           {unsafe.Sizeof(bvh.Patch{}), 256},
		"Patch.Corner":    {unsafe.Offsetof(bvh.Patch{}.Corner), 192},
		"Patch.Count":     {unsafe.Offsetof(bvh.Patch{}.Count), 240},
		"walk.stack":      {unsafe.Offsetof(walk{}.stack), 0},
		"walk.top":        {unsafe.Offsetof(walk{}.top), 8},
		"walk.most":       {unsafe.Offsetof(walk{}.most), 16},
		"walk.nodes":      {unsafe.Offsetof(walk{}.nodes), 24},
		"walk.leaves":     {unsafe.Offsetof(walk{}.leaves), 32},
		"walk.patches":    {unsafe.Offsetof(walk{}.patches), 40},
		"walk.node":       {unsafe.Offsetof(walk{}.node), 48},
		"walk.asked":      {unsafe.Offsetof(walk{}.asked), 56},
		"walk.visited":    {unsafe.Offsetof(walk{}.visited), 64},
		"walk.waiting":    {unsafe.Offsetof(walk{}.waiting), 72},
		"walk.current":    {unsafe.Offsetof(walk{}.current), 104},
		"entry":           {unsafe.Sizeof(entry{}), 16},
		"entry.instance":  {unsafe.Offsetof(entry{}.instance), 4},
		"entry.near":      {unsafe.Offsetof(entry{}.near), 8},
		"entry.rect":      {unsafe.Offsetof(entry{}.rect), 12},
		"Node":            {unsafe.Sizeof(bvh.Node{}), 512},
		"found.ref":       {unsafe.Offsetof(found{}.ref), 0},
		"found.near":      {unsafe.Offsetof(found{}.near), 64},
		"found.rank":      {unsafe.Offsetof(found{}.rank), 192},
		"found.n":         {unsafe.Offsetof(found{}.n), 256},
		"found.rect":      {unsafe.Offsetof(found{}.rect), 128},
		"batch.p":         {unsafe.Offsetof(batch{}.p), 0},
		"batch.slot":      {unsafe.Offsetof(batch{}.slot), 9 * 192},
		"batch.rect":      {unsafe.Offsetof(batch{}.rect), 10 * 192},
		"batch.n":         {unsafe.Offsetof(batch{}.n), 11 * 192},
		"setup.near":      {unsafe.Offsetof(setup{}.near), 576},
		"setup.plane":     {unsafe.Offsetof(setup{}.plane), 768},
		"setup.slot":      {unsafe.Offsetof(setup{}.slot), 1536},
		"setup.rect":      {unsafe.Offsetof(setup{}.rect), 1600},
		"setup.id":        {unsafe.Offsetof(setup{}.id), 1664},
		"setup.margin":    {unsafe.Offsetof(setup{}.margin), 1728},
		"setup.sure":      {unsafe.Offsetof(setup{}.sure), 1792},
		"setup.steep":     {unsafe.Offsetof(setup{}.steep), 1856},
		"canvas.records":  {unsafe.Offsetof(canvas{}.recordBase), 16},
		"canvas.fixes":    {unsafe.Offsetof(canvas{}.fixBase), 24},
		"canvas.nRecords": {unsafe.Offsetof(canvas{}.nRecords), 32},
		"canvas.nFixes":   {unsafe.Offsetof(canvas{}.nFixes), 40},
		"canvas.blur":     {unsafe.Offsetof(canvas{}.blur), 48},
		"canvas.instance": {unsafe.Offsetof(canvas{}.instance), 52},
		"canvas.stale":    {unsafe.Offsetof(canvas{}.stale), 56},
		"pixels.id":       {unsafe.Offsetof(pixels{}.id), 64 * 512},
		"pixels.low":      {unsafe.Offsetof(pixels{}.low), 128 * 512},
		"pixels.sheets":   {unsafe.Offsetof(pixels{}.sheets), 132 * 512},
		"sheets.a":        {unsafe.Offsetof(sheets{}.a), 64 * 32},
		"sheets.b":        {unsafe.Offsetof(sheets{}.b), 68 * 32},
		"sheets.id":       {unsafe.Offsetof(sheets{}.id), 72 * 32},
		"sheets.low":      {unsafe.Offsetof(sheets{}.low), 76 * 32},
		"sheets.is":       {unsafe.Offsetof(sheets{}.is), 80 * 32},
		"record":          {unsafe.Sizeof(record{}), 64},
		"record.slot":     {unsafe.Offsetof(record{}.slot), 52},
		"samples.v":       {unsafe.Offsetof(samples{}.v), 64 * 512},
		"rayBlock.y":      {unsafe.Offsetof(rayBlock{}.y), 128},
		"fix.block":       {unsafe.Offsetof(fix{}.block), 4},
		"front.sx":        {unsafe.Offsetof(front{}.sx), 96},
		"front.x":         {unsafe.Offsetof(front{}.x), 112},
		"lookup.y":        {unsafe.Offsetof(lookup{}.y), 24},
		"lookup.w":        {unsafe.Offsetof(lookup{}.w), 48},
		"lookup.least":    {unsafe.Offsetof(lookup{}.least), 72},
		"lookup.alpha":    {unsafe.Offsetof(lookup{}.alpha), 80},
		"lookup.from":     {unsafe.Offsetof(lookup{}.from), 88},
		"lookup.below":    {unsafe.Offsetof(lookup{}.below), 92},
		"lookup.axes":     {unsafe.Offsetof(lookup{}.axes), 96},
		"lookup.width":    {unsafe.Offsetof(lookup{}.width), 136},
		"lookup.fraction": {unsafe.Offsetof(lookup{}.fraction), 140},
		"lookup.edge":     {unsafe.Offsetof(lookup{}.edge), 144},
		"lookup.span":     {unsafe.Offsetof(lookup{}.span), 148},
		"axis":            {unsafe.Sizeof(axis{}), 20},
		"axis.period":     {unsafe.Offsetof(axis{}.period), 4},
		"axis.limit":      {unsafe.Offsetof(axis{}.limit), 8},
		"axis.mirror":     {unsafe.Offsetof(axis{}.mirror), 12},
		"axis.last":       {unsafe.Offsetof(axis{}.last), 16},
		"front.reach":     {unsafe.Offsetof(front{}.reach), 128},
	} {
		if offsets[0] != offsets[1] {
			t.Errorf("%s is at %d, the kernels count on %d", name, offsets[0], offsets[1])
		}
	}
}
