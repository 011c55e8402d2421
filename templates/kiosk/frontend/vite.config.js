import { defineConfig } from 'vite'

export default defineConfig({
  build: { target: 'safari16' },
  // For `npm run dev` on a desk: `go run .` in the project's folder answers the page's requests.
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
})
