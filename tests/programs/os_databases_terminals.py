# pwd, grp, termios, syslog, _posixshmem: entries, settings, errors.
import pwd,grp,termios,os,syslog,_posixshmem
def t(f,*a,**k):
    try: print(f(*a,**k))
    except BaseException as e: print(type(e).__name__, e)
t(pwd.getpwnam,'nonex');t(pwd.getpwnam,b'a');t(pwd.getpwnam,'a\0');t(pwd.getpwuid,123456);t(pwd.getpwuid,-1);t(pwd.getpwuid,-2);t(pwd.getpwuid,1<<70);t(pwd.getpwuid,1<<40);t(pwd.getpwuid,'a');t(pwd.getpwuid,0);t(pwd.getpwuid)
t(grp.getgrnam,'nonex');t(grp.getgrnam,b'a');t(grp.getgrnam,'a\0');t(grp.getgrgid,123456);t(grp.getgrgid,-1);t(grp.getgrgid,-2);t(grp.getgrgid,1<<70);t(grp.getgrgid,'a');t(grp.getgrgid,0);t(grp.getgrgid,id=0)
print([ (k,v.__doc__) for k,v in pwd.struct_passwd.__dict__.items() if k.startswith('pw')])
print([ (k,v.__doc__) for k,v in grp.struct_group.__dict__.items() if k.startswith('gr')])
m,s=os.openpty()
a=termios.tcgetattr(s); print(a)
t(termios.tcsetattr,s,0,a);t(termios.tcsetattr,s,0,a[:-1]);t(termios.tcsetattr,s,0,'a');
b=list(a);b[6]=[];t(termios.tcsetattr,s,0,b);b[6]=[1]*32;t(termios.tcsetattr,s,0,b);b[6]=['a']*32;t(termios.tcsetattr,s,0,b);b[0]=1<<70;t(termios.tcsetattr,s,0,b);b[0]='a';t(termios.tcsetattr,s,0,b);b[0]=-1;b[6]=a[6];t(termios.tcsetattr,s,0,b)
b=list(a);b[6]=[b'ab']*32;t(termios.tcsetattr,s,0,b);
t(termios.tcsetattr,s,99,a);t(termios.tcgetattr,m);t(termios.tcgetattr,os.open('/dev/null',0));t(termios.tcgetattr,'a');t(termios.tcgetattr,-1)
t(termios.tcgetwinsize,s);t(termios.tcsetwinsize,s,(3,4));t(termios.tcsetwinsize,s,[5,6,7]);t(termios.tcsetwinsize,s,5);t(termios.tcsetwinsize,s,(1<<20,4));t(termios.tcsetwinsize,s,('a',4));t(termios.tcgetwinsize,s);t(termios.tcsetwinsize,s,(-1,4))
t(termios.tcflush,s,99);t(termios.tcflow,s,99);t(termios.tcdrain,m)
print(termios.error.__mro__, termios.error.__doc__)
t(syslog.syslog);t(syslog.syslog,1);t(syslog.syslog,1,2);t(syslog.syslog,1,'a','b');t(syslog.openlog,5);t(syslog.LOG_MASK,3);t(syslog.LOG_UPTO,3);t(syslog.setlogmask,0)
t(_posixshmem.shm_open,'/a b',0);t(_posixshmem.shm_open,5,0);t(_posixshmem.shm_unlink,'/nonex');t(_posixshmem.shm_open,'a\0',0);t(_posixshmem.shm_open,path='/nonex',flags=0)
for f in (syslog.openlog,syslog.syslog,syslog.setlogmask,syslog.LOG_UPTO,syslog.LOG_MASK,syslog.closelog,_posixshmem.shm_open,_posixshmem.shm_unlink): print(repr(f))
