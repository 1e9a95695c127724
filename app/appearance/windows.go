//go:build windows

package appearance

import (
	"context"

	"golang.org/x/sys/windows"
	"golang.org/x/sys/windows/registry"
)

const themeKey = `Software\Microsoft\Windows\CurrentVersion\Themes\Personalize`

func watch(ctx context.Context, tell func(light bool)) {
	key, err := registry.OpenKey(registry.CURRENT_USER, themeKey, registry.QUERY_VALUE|registry.NOTIFY)
	if err != nil {
		return
	}
	defer key.Close()
	changed, err := windows.CreateEvent(nil, 0, 0, nil)
	if err != nil {
		return
	}
	defer windows.CloseHandle(changed)
	for ctx.Err() == nil {
		// Asked for before reading, so that no change is missed.
		if windows.RegNotifyChangeKeyValue(windows.Handle(key), false, windows.REG_NOTIFY_CHANGE_LAST_SET, changed, true) != nil {
			return
		}
		light, _, err := key.GetIntegerValue("AppsUseLightTheme")
		if err != nil {
			return
		}
		tell(light != 0)
		for ctx.Err() == nil {
			const look = 2000 // ms between looks at ctx
			if event, err := windows.WaitForSingleObject(changed, look); err != nil || event == windows.WAIT_OBJECT_0 {
				break
			}
		}
	}
}
