# The boot splash: Plymouth with the project's logo centred on its colour, without text.

install_splash() {
  enabled '."boot.splash".enabled // false' || return 0
  local logo theme=/usr/share/plymouth/themes/strux
  logo=$(project_path "$(config '."boot.splash".logo')")
  mkdir -p "$ROOTFS_DIR$theme" "$ROOTFS_DIR/etc/plymouth"
  install -m 644 "$logo" "$ROOTFS_DIR$theme/logo.png"
  install -m 644 "$logo" "$ROOTFS_DIR/strux/logo.png"
  printf '[Daemon]\nTheme=strux\nShowDelay=0\nDeviceTimeout=5\n' >"$ROOTFS_DIR/etc/plymouth/plymouthd.conf"
  cat >"$ROOTFS_DIR$theme/strux.plymouth" <<THEME
[Plymouth Theme]
Name=strux
Description=The project's logo
ModuleName=script

[script]
ImageDir=$theme
ScriptFile=$theme/strux.script
THEME
  local color
  color=$(splash_color "$(config '."boot.splash".color')")
  cat >"$ROOTFS_DIR$theme/strux.script" <<SCRIPT
Window.SetBackgroundTopColor($color);
Window.SetBackgroundBottomColor($color);
logo = Sprite(Image("logo.png"));
logo.SetX(Window.GetX() + (Window.GetWidth() - logo.GetImage().GetWidth()) / 2);
logo.SetY(Window.GetY() + (Window.GetHeight() - logo.GetImage().GetHeight()) / 2);
SCRIPT
  leave_console_alone
  # The client ends Plymouth when it takes over the screen, so that nothing else is visible in between.
  if enabled '."build.steps".cage'; then
    ln -sfn /dev/null "$ROOTFS_DIR/etc/systemd/system/plymouth-quit.service"
    ln -sfn /dev/null "$ROOTFS_DIR/etc/systemd/system/plymouth-quit-wait.service"
  fi
}

# Converts six hexadecimal digits to the form of Plymouth's scripts: three fractions of 1.
splash_color() {
  awk -v r="$((16#${1:0:2}))" -v g="$((16#${1:2:2}))" -v b="$((16#${1:4:2}))" \
    'BEGIN { printf "%.4f, %.4f, %.4f", r / 255, g / 255, b / 255 }'
}

# Keeps console output on the console: Plymouth would swallow it, on a serial line too. Also omits the font
# cache, which would differ from one initramfs to the next.
leave_console_alone() {
  local hook=$ROOTFS_DIR/etc/initramfs-tools/hooks/strux-splash unit=$ROOTFS_DIR/etc/systemd/system/plymouth-start.service.d
  mkdir -p "${hook%/*}" "$unit"
  cat >"$hook" <<'HOOK'
#!/bin/sh
if [ "$1" = prereqs ]; then echo plymouth; exit; fi
sed -i 's/ --attach-to-session//' "$DESTDIR/scripts/init-premount/plymouth"
rm -rf "$DESTDIR/var/cache/fontconfig" "$DESTDIR/usr/share/fonts" "$DESTDIR/etc/fonts"
HOOK
  chmod 755 "$hook"
  cat >"$unit/10-strux.conf" <<'UNIT'
[Service]
ExecStart=
ExecStart=/usr/sbin/plymouthd --mode=boot --pid-file=/run/plymouth/pid
UNIT
}
