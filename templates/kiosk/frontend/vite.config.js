import { defineConfig } from 'vite'

export default defineConfig({
  build: { target: 'safari16' },
  // For `npm run dev` on a desk: what the page asks for comes from `go run .` in the project's folder.
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
})
