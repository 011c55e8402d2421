/**
 * A board with source packages: a library built with cmake, a daemon that links it, a kernel module for the board's
 * kernel, and a tool that a post-image script uses. The image boots, the module is loaded, the daemon answers.
 */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { kioskProject } from '../support/kiosk.ts'

const test = suite('an image with source packages')
const project = kioskProject(
  { folder: 'qemu-x86_64', name: 'qemuX86_64' },
  {
    build: { steps: { application: false } },
    test: {
      timeout: 600,
      console: ['level module loaded'],
      http: [{ port: 8080, path: '/', body: 'level 42, module 7' }],
    },
  },
  `packages: ['leveld', 'levelmod', 'host-leveltool'],
  post_image: { scripts: [{ id: 'sign', run: sh\`set -e; leveltool "$BINARIES_DIR/disk.img" >"$BINARIES_DIR/disk.img.level"\` }] },`,
)
test.after(() => project.dispose())

const define = (name: string, body: string) =>
  project.write(
    `packages/${name}/package.ts`,
    `import { definePackage, sh } from 'strux-bsp'\nvoid sh\nexport default definePackage({ name: '${name}', ${body} })\n`,
  )

test.before(() => {
  define('liblevel', "version: '1.2', site: './src', infra: 'cmake', install_staging: true")
  project.write('packages/liblevel/src/level.c', 'int level(void) { return 42; }\n')
  project.write('packages/liblevel/src/level.h', 'int level(void);\n')
  project.write(
    'packages/liblevel/src/CMakeLists.txt',
    `cmake_minimum_required(VERSION 3.16)
project(level C)
include(GNUInstallDirs)
add_library(level SHARED level.c)
set_target_properties(level PROPERTIES VERSION 1.2 SOVERSION 1)
install(TARGETS level)
install(FILES level.h DESTINATION \${CMAKE_INSTALL_INCLUDEDIR})
`,
  )
  define(
    'levelmod',
    `version: '1', site: './src', infra: 'kernel-module', dependencies: ['deb:linux-headers-amd64'],
  hooks: { post_install_target: [sh\`install -d "$TARGET_DIR/usr/lib/modules-load.d"; echo levelmod >"$TARGET_DIR/usr/lib/modules-load.d/levelmod.conf"\`] }`,
  )
  project.write('packages/levelmod/src/Kbuild', 'obj-m := levelmod.o\n')
  project.write(
    'packages/levelmod/src/levelmod.c',
    `#include <linux/module.h>
static int value = 7;
module_param(value, int, 0444);
static int __init levelmod_init(void) { pr_emerg("level module loaded\\n"); return 0; }
static void __exit levelmod_exit(void) {}
module_init(levelmod_init);
module_exit(levelmod_exit);
MODULE_LICENSE("GPL");
`,
  )
  define(
    'leveltool',
    `target: false, host: { commands: {
    build: sh\`printf 'int main(int count, char **words) { return count == 2 ? __builtin_puts(words[1]) < 0 : 2; }' >tool.c; $CC $CFLAGS tool.c -o leveltool\`,
    install: sh\`install -D -m 755 leveltool "$HOST_DIR/bin/leveltool"\`,
  } }`,
  )
  define(
    'leveld',
    `version: '1.0', site: './src', dependencies: ['liblevel'], units: ['leveld.service'], users: [{ name: 'leveld' }],
  commands: {
    build: sh\`$CC $CFLAGS leveld.c -o leveld -llevel $LDFLAGS\`,
    install_target: sh\`install -D -m 755 leveld "$TARGET_DIR/usr/bin/leveld"; install -D -m 644 leveld.service "$TARGET_DIR/usr/lib/systemd/system/leveld.service"\`,
  }`,
  )
  project.write(
    'packages/leveld/src/leveld.service',
    '[Service]\nUser=leveld\nExecStart=/usr/bin/leveld\n[Install]\nWantedBy=multi-user.target\n',
  )
  project.write(
    'packages/leveld/src/leveld.c',
    `#include <level.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Answers each request with the library's number, and the parameter of the kernel module. */
int main(void) {
  struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons(8080), .sin_addr.s_addr = htonl(INADDR_ANY) };
  int listening = socket(AF_INET, SOCK_STREAM, 0);
  if (listening < 0 || bind(listening, (struct sockaddr *)&here, sizeof here) || listen(listening, 8)) return 1;
  for (;;) {
    char request[2048], value[16] = "none", body[64], answer[256];
    int client = accept(listening, 0, 0);
    FILE *parameter = fopen("/sys/module/levelmod/parameters/value", "r");
    if (parameter) { if (fgets(value, sizeof value, parameter)) value[strcspn(value, "\\n")] = 0; fclose(parameter); }
    if (read(client, request, sizeof request) > 0) {
      snprintf(body, sizeof body, "level %d, module %s", level(), value);
      snprintf(answer, sizeof answer, "HTTP/1.0 200 OK\\r\\nContent-Type: text/plain\\r\\nContent-Length: %zu\\r\\n\\r\\n%s", strlen(body), body);
      write(client, answer, strlen(answer));
    }
    close(client);
  }
}
`,
  )
})

test('the image boots, the module is loaded, the daemon answers', async () => {
  const built = await project.build(['--from', 'before_build'])
  assert.is(built.code, 0, built.said)
  assert.match(project.read('dist/output/demo/disk.img.level'), /disk\.img\n$/)
  const { code, stdout, stderr } = await project.strux(['test'])
  assert.is(code, 0, `${stdout}${stderr}${project.read('dist/test/demo/console.log')}`)
})

test.run()
