//go:build cgo && !nogui && darwin && !ios

// What a view that takes files answers to AppKit (NSDraggingDestination).

#import <AppKit/AppKit.h>
#import <objc/runtime.h>
#include "_cgo_export.h"

// draggedPaths returns the paths of the files that are dragged, each with a NUL
// at its end.
static NSData *draggedPaths(id<NSDraggingInfo> info) {
	NSMutableData *list = [NSMutableData data];
	NSArray *urls = [[info draggingPasteboard] readObjectsForClasses:@[ [NSURL class] ]
	                                                         options:@{NSPasteboardURLReadingFileURLsOnlyKey : @YES}];
	for (NSURL *url in urls) {
		const char *path = [[[url filePathURL] path] UTF8String];
		if (path != NULL) {
			[list appendBytes:path length:strlen(path) + 1];
		}
	}
	return list;
}

static NSDragOperation draggingEntered(id view, SEL command, id<NSDraggingInfo> info) {
	NSData *list = draggedPaths(info);
	int welcome = filedropEntered((uintptr_t)(__bridge void *)view, (void *)[list bytes], (int)[list length]);
	return welcome ? NSDragOperationCopy : NSDragOperationNone;
}

static void draggingExited(id view, SEL command, id<NSDraggingInfo> info) {
	filedropExited((uintptr_t)(__bridge void *)view);
}

static BOOL performDragOperation(id view, SEL command, id<NSDraggingInfo> info) {
	NSData *list = draggedPaths(info);
	return filedropPerformed((uintptr_t)(__bridge void *)view, (void *)[list bytes], (int)[list length]) != 0;
}

// filedropRegister gives the view's class the methods, which it keeps, and
// registers the view on the main thread, which AppKit asks for.
void filedropRegister(uintptr_t handle) {
	NSView *view = (__bridge NSView *)(void *)handle;
	Class class = object_getClass(view);
	NSString *operation = [NSString stringWithFormat:@"%s@:@", @encode(NSDragOperation)];
	NSString *answer = [NSString stringWithFormat:@"%s@:@", @encode(BOOL)];
	class_addMethod(class, @selector(draggingEntered:), (IMP)draggingEntered, [operation UTF8String]);
	class_addMethod(class, @selector(draggingExited:), (IMP)draggingExited, "v@:@");
	class_addMethod(class, @selector(performDragOperation:), (IMP)performDragOperation, [answer UTF8String]);
	[view performSelectorOnMainThread:@selector(registerForDraggedTypes:)
	                       withObject:@[ NSPasteboardTypeFileURL ]
	                    waitUntilDone:NO];
}
