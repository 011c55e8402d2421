import { defineConfig } from 'strux-bsp'

// This repository is itself a project: it builds the kiosk template for every board in boards/.
export default defineConfig({
  name: 'kiosk',
  project_version: '0.1.0',
  bsp: 'qemu-x86_64',
  bsps: 'boards/*/bsp.ts',
  application: 'templates/kiosk',
  // The template needs no more, and is built on every commit.
  rootfs: { media: false, fonts: 'latin', gpu_drivers: 'gl' },
  boot: { splash: { enabled: true, logo: 'templates/kiosk/assets/logo.png', color: '7c3aed' } },
  test: {
    timeout: 600,
    console: ['kiosk: /strux/frontend at :8080'],
    http: [{ port: 8080, path: '/api/status', body: 'Hello from Go' }],
    // The splash; then the footer's three colours, the panel once backend and window.strux have answered, the page's ground.
    screen: [
      { x: '50%', y: '5%', color: '7c3aed', still: false },
      { x: '17%', y: '95%', color: 'ef4444' },
      { x: '50%', y: '95%', color: '22c55e' },
      { x: '83%', y: '95%', color: '3b82f6' },
      { x: '2%', y: '50%', color: '0f766e' },
      { x: '98%', y: '50%', color: 'f8fafc' },
      {
        reference: 'templates/kiosk/screen.png',
        // Board and versions, the project's name, the clock, and what the backend says of the machine.
        ignore: [
          { x: '3%', y: '5%', width: '27%', height: '33%' },
          { x: '35%', y: '5%', width: '60%', height: '10%' },
          { x: '35%', y: '20%', width: '32%', height: '18%' },
          { x: '35%', y: '46%', width: '45%', height: '6%' },
        ],
      },
    ],
  },
})
