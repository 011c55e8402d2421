/** Licences as SPDX, from the names that Debian, Buildroot and npm use. */
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { licensingOfCopyright } from '../../../runtime/legal/debian-copyright.ts'
import { licensingOf, shownLicense, spdxExpression } from '../../../runtime/legal/licensing.ts'

const CASES: Readonly<Record<string, string | undefined>> = {
  MIT: 'MIT',
  Expat: 'MIT',
  'BSD-3-clause': 'BSD-3-Clause',
  'GPL-2+': 'GPL-2.0-or-later',
  'GPL-2': 'GPL-2.0-only',
  'GPL-2.0+': 'GPL-2.0-or-later',
  'GPLv2+': 'GPL-2.0-or-later',
  'LGPL-2.1': 'LGPL-2.1-only',
  'GPL-3.0-or-later': 'GPL-3.0-or-later',
  'GFDL-NIV-1.3+': 'GFDL-1.3-no-invariants-or-later',
  'GPL-2 with Linux-syscall-note exception': 'GPL-2.0-only WITH Linux-syscall-note',
  'GPL-3.0-or-later WITH Autoconf-exception-macro': 'GPL-3.0-or-later WITH Autoconf-exception-macro',
  'GPL-1+ or Artistic': 'GPL-1.0-or-later OR Artistic-1.0-Perl',
  'LGPL-3+ or GPL-2+': 'LGPL-3.0-or-later OR GPL-2.0-or-later',
  'GPL-2+ or AFL-2.1, and Expat': '(GPL-2.0-or-later OR AFL-2.1) AND MIT',
  'GPL-2.0+ (programs), LGPL-2.1+ (library)': 'GPL-2.0-or-later AND LGPL-2.1-or-later',
  '(MIT OR Apache-2.0)': '(MIT OR Apache-2.0)',
  'public-domain': undefined,
  'GPL-2+ with OpenSSL exception': undefined,
  '': undefined,
}

for (const [text, expected] of Object.entries(CASES))
  test(`'${text}' is ${expected ?? 'no licence of SPDX'}`, () => assert.is(spdxExpression(text), expected))

test('licences of several files are joined, each once; a choice stays one', () => {
  const { expression } = licensingOf(['GPL-2+', 'Expat', 'MIT and GPL-2.0-or-later', 'MIT or ISC']) as {
    expression: string
  }
  assert.is(expression, 'GPL-2.0-or-later AND MIT AND (MIT OR ISC)')
})

test('if one licence is none of SPDX, all are names', () => {
  assert.equal(licensingOf(['GPL-2+', 'DEC and ISC']), { names: ['DEC', 'GPL-2.0-or-later', 'ISC'] })
})

test('a machine-readable copyright file has the licences of its files, not those of single texts', () => {
  const text = `Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: signal

Files: *
Copyright: 2020 A
License: GPL-2+
 This program is free software.
 .
 License: MIT is only mentioned here.

Files: debian/*
Copyright: 2021 B
License: Expat

License: Apache-2.0
 On Debian systems: /usr/share/common-licenses/Apache-2.0
`
  assert.is(shownLicense(licensingOfCopyright(text)), 'GPL-2.0-or-later AND MIT')
})

test('another copyright file names the common licences that it mentions, and says so', () => {
  const text = 'It is free; see /usr/share/common-licenses/LGPL-2.1 and `/usr/share/common-licenses/GPL-2.\n'
  assert.equal(licensingOfCopyright(text), { names: ['GPL-2 (see copyright)', 'LGPL-2.1 (see copyright)'] })
  assert.equal(licensingOfCopyright('Ask the author.\n'), { unknown: true })
})

test.run()
