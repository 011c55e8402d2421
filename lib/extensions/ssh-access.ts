/** Login over the network with SSH keys. */
import { defineExtension } from '../extension.ts'
import { sh } from '../sh.ts'
import { addPackages } from './packages.ts'

/** A user who logs in with a key; nobody has a password. */
export type SshUser = {
  /** `root` is allowed; other users are made. */
  readonly name: string
  /** Public keys, as in a line of `authorized_keys`. */
  readonly keys: readonly string[]
  /** May run every command as root. Default: false. */
  readonly sudo?: boolean
}

const KEY = /^(ssh-|ecdsa-|sk-)\S+ [A-Za-z0-9+/=]{16,}( [^\n]*)?$/

/**
 * Installs the OpenSSH server. The users of the option `users` log in with their keys; passwords are refused. The
 * device makes its host keys at the first boot, so no two devices share one.
 *
 * @example
 * extensions: [sshAccess.with({ users: [{ name: 'admin', keys: ['ssh-ed25519 AAAA… me'], sudo: true }] })]
 */
export const sshAccess = defineExtension({
  name: 'ssh-access',
  description: 'SSH server with keys, without passwords',
  options: { users: [] as readonly SshUser[] },
  hooks: {
    extension_prepare_config: draft => {
      const { users } = draft.options
      if (users.length === 0)
        throw new Error("nobody could log in: give ssh-access the option 'users' with names and public keys")
      for (const { name, keys } of users) {
        if (!/^[a-z_][a-z0-9_-]{0,31}$/.test(name)) throw new Error(`'${name}' is not the name of a user`)
        if (!Array.isArray(keys) || keys.length === 0) throw new Error(`the user '${name}' has no public key`)
        const wrong = keys.find(key => !KEY.test(key))
        if (wrong !== undefined)
          throw new Error(
            `the user '${name}' has a key that is not a line of authorized_keys: '${wrong.slice(0, 40)}'`,
          )
      }
      const sudo = users.some(user => user.sudo) ? ['sudo'] : []
      addPackages(draft, 'openssh-server', ...sudo)
    },
    post_family_tweaks: sh`
      # The package makes host keys when it is installed: every device would have the same ones.
      rm -f "$SDCARD"/etc/ssh/ssh_host_*_key*
      cat >"$SDCARD/etc/ssh/sshd_config.d/10-strux.conf" <<'END'
      PasswordAuthentication no
      KbdInteractiveAuthentication no
      PermitRootLogin prohibit-password
      END
      cat >"$SDCARD/etc/systemd/system/ssh-host-keys.service" <<'END'
      [Unit]
      Description=Make the SSH host keys of this device
      ConditionPathExistsGlob=!/etc/ssh/ssh_host_*_key
      Before=ssh.service

      [Service]
      Type=oneshot
      RemainAfterExit=yes
      ExecStart=/usr/bin/ssh-keygen -A

      [Install]
      WantedBy=ssh.service
      END
      install -d "$SDCARD/etc/systemd/system/ssh.service.wants" "$SDCARD/etc/systemd/system/multi-user.target.wants"
      ln -sf ../ssh-host-keys.service "$SDCARD/etc/systemd/system/ssh.service.wants/ssh-host-keys.service"
      ln -sf /usr/lib/systemd/system/ssh.service "$SDCARD/etc/systemd/system/multi-user.target.wants/ssh.service"
      while read -r user; do
        name=$(jq -r .name <<<"$user")
        if ! chroot "$SDCARD" id "$name" >/dev/null 2>&1; then
          chroot "$SDCARD" useradd --create-home --shell /bin/bash --password '*' "$name"
        fi
        home=$(chroot "$SDCARD" getent passwd "$name" | cut -d: -f6)
        install -d -m 700 "$SDCARD$home/.ssh"
        jq -r '.keys[]' <<<"$user" >"$SDCARD$home/.ssh/authorized_keys"
        chmod 600 "$SDCARD$home/.ssh/authorized_keys"
        chroot "$SDCARD" chown -R "$name:" "$home/.ssh"
        if [ "$(jq -r .sudo <<<"$user")" = true ]; then
          printf '%s ALL=(ALL:ALL) NOPASSWD: ALL\n' "$name" >"$SDCARD/etc/sudoers.d/10-strux-$name"
          chmod 440 "$SDCARD/etc/sudoers.d/10-strux-$name"
        fi
      done < <(jq -c '.users[]' <<<"$EXTENSION_OPTIONS")
    `,
  },
})
