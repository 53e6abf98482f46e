export interface ApiError {
  error: { code: string; message: string; advice: string; requestId: string };
}
