"""A red GTK window that the files named on the command line are dragged from."""
import pathlib
import sys

import gi

gi.require_version("Gtk", "3.0")
from gi.repository import Gdk, Gtk

window = Gtk.Window(title="source")
window.set_default_size(200, 120)
box = Gtk.EventBox()
window.add(box)
red = Gtk.CssProvider()
red.load_from_data(b"* { background: #ff0000; }")
box.get_style_context().add_provider(red, Gtk.STYLE_PROVIDER_PRIORITY_USER)
box.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
box.drag_source_add_uri_targets()
uris = [pathlib.Path(p).as_uri() for p in sys.argv[1:]]
box.connect("drag-data-get", lambda widget, context, data, info, time: data.set_uris(uris))
window.connect("destroy", Gtk.main_quit)
window.show_all()
Gtk.main()
