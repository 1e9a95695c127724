// Package e2e tests the program as a person meets it: the real window on an X
// server without a screen, driven by mouse, keys and files dragged from another
// process, and compared with the command line. What the window shows is read
// from the state that it writes (see app/zscope/state.go); tests wait for states
// and never for a time. Screenshots are left in artifacts/ at the root of the
// repository, or where ARTIFACTS says.
package e2e
